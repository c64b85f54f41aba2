import { join } from 'node:path';
import sharp from 'sharp';
import { analyzeVideo, removeFolders, temporaryFolder } from '../../../test/support/media/analyze-video.js';
import { altered, claimingDuration, turned } from '../../../test/support/media/hostile-videos.js';
import { clip, colourOf, type ContainerName, make, recipes } from '../../../test/support/media/videos.js';

afterEach(removeFolders);

/** A video whose stored frame has a blue quarter at the top left. */
const marked = () => clip({ seconds: 2, filter: 'drawbox=x=0:y=0:w=iw/2:h=ih/2:c=blue:t=fill' });

/** Where the blue quarter stands in a frame. */
async function blueCorner(path: string): Promise<string | undefined> {
  const { data, info } = await sharp(path).raw().toBuffer({ resolveWithObject: true });
  const isBlue = (x: number, y: number) => {
    const at = 3 * (Math.floor(y * info.height) * info.width + Math.floor(x * info.width));
    return data[at + 2]! > 200 && data[at]! < 60;
  };
  const corners = {
    'top left': [0.25, 0.25],
    'top right': [0.75, 0.25],
    'bottom right': [0.75, 0.75],
    'bottom left': [0.25, 0.75],
  };
  return Object.entries(corners).find(([, [x, y]]) => isBlue(x!, y!))?.[0];
}

it.each([
  [90, 240, 320, 'top right'],
  [180, 320, 240, 'bottom right'],
  [270, 240, 320, 'bottom left'],
] as const)('stands a film that is turned by %i degrees upright', async (degrees, width, height, corner) => {
  const film = await altered(await marked(), await temporaryFolder(), turned(degrees));
  const { results, folder } = await analyzeVideo(film);
  expect(results.video).toMatchObject({ width, height, rotation: degrees });
  const keyframe = join(folder, 'keyframe-1.jpg');
  expect(await sharp(keyframe).metadata()).toMatchObject({ width, height });
  expect(await blueCorner(keyframe)).toBe(corner);
});

it('leaves a film that is not turned as it is', async () => {
  const { folder } = await analyzeVideo(await marked());
  expect(await blueCorner(join(folder, 'keyframe-1.jpg'))).toBe('top left');
});

it('takes sizes that are odd in both directions', async () => {
  const film = await clip({ filter: 'crop=313:227:0:0:exact=1,format=yuv444p', extra: ['-pix_fmt', 'yuv444p'] });
  const { results, folder } = await analyzeVideo(film);
  expect(results.video).toMatchObject({ width: 313, height: 227 });
  expect(await sharp(join(folder, 'keyframe-1.jpg')).metadata()).toMatchObject({ width: 313, height: 227 });
});

it('shows key frames with square pixels, and no larger than 1280 px', async () => {
  const wide = await analyzeVideo(await clip({ seconds: 1, filter: 'setsar=4/3' }));
  expect(wide.results.video).toMatchObject({ width: 320, height: 240 });
  expect(await sharp(join(wide.folder, 'keyframe-1.jpg')).metadata()).toMatchObject({ width: 427, height: 240 });
  const large = await analyzeVideo(await clip({ seconds: 1, fps: 2, width: 3840, height: 2160 }));
  expect(large.results.video).toMatchObject({ width: 3840, height: 2160 });
  expect(await sharp(join(large.folder, 'keyframe-1.jpg')).metadata()).toMatchObject({ width: 1280, height: 720 });
});

it('keeps the colours of a film in high definition', async () => {
  const bt709 = ['-colorspace', 'bt709', '-color_primaries', 'bt709', '-color_trc', 'bt709'];
  const { folder } = await analyzeVideo(await clip({ filter: 'scale=out_color_matrix=bt709', extra: bt709 }));
  const { channels } = await sharp(join(folder, 'keyframe-1.jpg')).stats();
  for (const [index, { mean }] of channels.entries()) expect(Math.abs(mean - colourOf(0)[index]!)).toBeLessThan(12);
});

describe('variable frame rate', () => {
  it('shows each slide of a slide show, though there is one picture in four seconds', async () => {
    const film = await clip({
      seconds: 12,
      cuts: [4, 8],
      fps: 1,
      filter: 'select=eq(mod(n\\,4)\\,0)',
      extra: ['-vsync', 'vfr'],
    });
    const { results, folder } = await analyzeVideo(film);
    expect(results.video).toMatchObject({ frames: 3, duration: 12 });
    expect(results.scenes).toEqual([
      { start: 0, end: 4 },
      { start: 4, end: 8 },
      { start: 8, end: 12 },
    ]);
    for (const scene of [0, 1, 2]) {
      const { channels } = await sharp(join(folder, `keyframe-${scene + 1}.jpg`)).stats();
      for (const [index, { mean }] of channels.entries())
        expect(Math.abs(mean - colourOf(scene)[index]!)).toBeLessThan(12);
    }
  });

  it.each(['mp4', 'mkv', 'wmv'] as const)('is averaged in %s', async (container) => {
    // All of the 25 frames a second for four seconds, then every fifth for eight: 140 frames in 12 s.
    const filter = 'select=if(lt(t\\,4)\\,1\\,not(mod(n\\,5)))';
    const film = await clip({ seconds: 12, cuts: [4, 8], container, filter, extra: ['-vsync', 'vfr'] });
    const { results } = await analyzeVideo(film, { features: ['video', 'scenes'] });
    expect(results.video).toMatchObject({ frames: 140 });
    expect(Math.abs(Number(results.video?.fps) - 140 / 12)).toBeLessThan(0.25);
    expect(results.scenes?.map(({ start }) => start)).toEqual([0, expect.closeTo(4, 1), expect.closeTo(8, 1)]);
  });
});

it('finds the duration of a recorded live stream, which has none in its header', async () => {
  const film = await clip({ seconds: 6, cuts: [3], container: 'webm', extra: ['-live', '1', '-f', 'webm'] });
  const { results } = await analyzeVideo(film);
  expect(Math.abs(Number(results.video?.duration) - 6)).toBeLessThan(0.1);
  expect(results.scenes?.map(({ start }) => start)).toEqual([0, expect.closeTo(3, 1)]);
});

it('believes the film and not its header about the duration', async () => {
  const film = await altered(await clip({ seconds: 4 }), await temporaryFolder(), claimingDuration(400_000));
  const { results } = await analyzeVideo(film, { features: ['video', 'scenes'] });
  expect(results.video).toMatchObject({ duration: 4, frames: 100 });
  expect(results.scenes).toEqual([{ start: 0, end: 4 }]);
});

it.each(Object.keys(recipes) as ContainerName[])('takes a single picture in %s', async (container) => {
  const { results, reports } = await analyzeVideo(await clip({ seconds: 1, fps: 1, audio: false, container }));
  expect(reports).toEqual([]);
  expect(results.video).toMatchObject({ frames: 1, width: 320, height: 240 });
  expect(results.scenes).toEqual([{ start: 0, end: results.video?.duration }]);
  expect(results.keyframes).toEqual([{ time: 0, artifact: 'keyframe-1.jpg' }]);
});

describe('several streams', () => {
  it('shows the default film and not the larger one', async () => {
    const [small, large] = [await clip({ width: 64, height: 64, audio: false }), await clip({ seconds: 3 })];
    const both = ['-i', large.path, '-i', small.path, '-map', '0:v', '-map', '1:v', '-c', 'copy'];
    const path = await make('mkv', [...both, '-disposition:v:0', '0', '-disposition:v:1', 'default']);
    const { results } = await analyzeVideo({ path, mediaType: 'video/x-matroska' });
    expect(results.video).toMatchObject({ width: 64, height: 64, frames: 100 });
  });

  it('does not take a cover for the film', async () => {
    const cover = await make('jpg', ['-f', 'lavfi', '-i', 'color=green:s=640x640', '-frames:v', '1']);
    const film = await clip({ seconds: 3, cuts: [1] });
    const both = ['-i', cover, '-i', film.path, '-map', '0', '-map', '1', '-c', 'copy'];
    const path = await make('mp4', [...both, '-disposition:v:0', 'attached_pic']);
    const { results } = await analyzeVideo({ path, mediaType: 'video/mp4' });
    expect(results.video).toMatchObject({ width: 320, height: 240, frames: 75 });
    expect(results.scenes).toHaveLength(2);
  });
});
