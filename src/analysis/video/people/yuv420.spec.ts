import { tmpdir } from 'node:os';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { removeFolders } from '../../../../test/support/media/analyze-video.js';
import { make } from '../../../../test/support/media/videos.js';
import type { Drawing } from '../../../media/pixels/drawing.js';
import type { Raster } from '../../../media/pixels/raster.js';
import { readHeader } from '../header.js';
import { videoSource } from '../video-source.js';
import { readFrames } from './frames.js';

afterAll(removeFolders);

const run = promisify(execFile);

/** A video of coloured fields, stored in one of the ways in which videos are. */
const filmIn = (space: string, range: string, size = '640x360') =>
  make('mkv', [
    ...['-f', 'lavfi', '-i', `smptehdbars=s=${size}:r=5:d=0.4,format=rgb24`],
    ...['-vf', `scale=out_color_matrix=${space}:out_range=${range},format=yuv420p`, '-c:v', 'libx264', '-qp', '4'],
    ...['-colorspace', space, '-color_range', range],
  ]);

async function firstFrame(path: string): Promise<{ picture: Raster; small: Raster }> {
  const source = videoSource({ path, mediaType: 'video/x-matroska', features: [], options: {} }, {
    ffmpeg: { ffmpeg: 'ffmpeg', ffprobe: 'ffprobe' },
    workDirectory: tmpdir(),
  } as Parameters<typeof videoSource>[1]);
  const { videoStream: stream } = await readHeader(source);
  const seen: { picture: Raster; small: Raster }[] = [];
  const sampling = { rate: 0, keyFramesOnly: false, from: 0, timeout: 30_000 };
  await readFrames(source, stream, sampling, {
    prescan: () => Promise.resolve(),
    detect: ({ image: picture, small }) => {
      seen.push({ picture, small: drawn(small) });
      return Promise.resolve('enough');
    },
  });
  return seen[0]!;
}

/** The pixels of what was drawn in the corner of larger planes. */
function drawn(drawing: Drawing): Raster {
  const { width, height } = drawing;
  const planes = { width: 330, height: 250, mean: 10, deviation: 5 };
  const levels = new Float32Array(3 * planes.width * planes.height);
  drawing.draw({ ...planes, levels });
  const data = new Uint8Array(3 * width * height);
  for (let y = 0, to = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let plane = 0; plane < 3; plane++)
        data[to++] = 10 + 5 * levels[(plane * planes.height + y) * planes.width + x]!;
  return { data, width, height, channels: 3 };
}

/** What ffmpeg itself makes of it. */
async function decoded(path: string, { width, height }: Raster): Promise<Buffer> {
  const scale = `scale=${width}:${height}:flags=area,format=rgb24`;
  const output = ['-frames:v', '1', '-vf', scale, '-f', 'rawvideo', 'pipe:1'];
  const { stdout } = await run('ffmpeg', ['-v', 'error', '-i', path, ...output], { encoding: 'buffer' });
  return stdout;
}

function meanDifference(one: Uint8Array, other: Uint8Array): number {
  expect(one).toHaveLength(other.length);
  return one.reduce((sum, level, index) => sum + Math.abs(level - other[index]!), 0) / one.length;
}

it.each([
  ['smpte170m', 'tv'],
  ['bt709', 'tv'],
  ['bt709', 'pc'],
  ['bt2020nc', 'tv'],
])('shows the colours of a film in %s, range %s, as ffmpeg does', async (space, range) => {
  const path = await filmIn(space, range);
  const { picture, small } = await firstFrame(path);
  expect(picture).toMatchObject({ width: 640, height: 360, channels: 3 });
  expect(small).toMatchObject({ width: 320, height: 180, channels: 3 });
  // Taken for another, one of these differs by more than two levels.
  expect(meanDifference(picture.data, await decoded(path, picture))).toBeLessThan(2);
  expect(meanDifference(small.data, await decoded(path, small))).toBeLessThan(2);
});

it('brings odd sides to even ones', async () => {
  const path = await make('mkv', [
    ...['-f', 'lavfi', '-i', 'smptebars=s=333x251:r=5:d=0.4', '-pix_fmt', 'yuv444p', '-c:v', 'libx264', '-qp', '4'],
  ]);
  const { picture, small } = await firstFrame(path);
  expect([picture.width, picture.height]).toEqual([334, 252]);
  expect([small.width, small.height]).toEqual([318, 240]);
  expect(meanDifference(picture.data, await decoded(path, picture))).toBeLessThan(2);
});
