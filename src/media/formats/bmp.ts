import { imageUnreadable } from '../media.failures.js';
import { runFfmpeg } from '../ffmpeg/ffmpeg.js';
import { localInput } from '../ffmpeg/local-input.js';
import { FileWindow } from '../metadata/window.js';
import { assertDecodable, MAX_PIXELS } from './limits.js';
import { MAX_RETAINED_SIDE_PX, scaleDown } from './memory.js';
import type { ImageFacts, ImageSource, MediaPrograms } from '../image-source.js';
import type { Pixels } from '../pixels/pixels.js';

/** Milliseconds; the largest images take a few seconds. */
const TIMEOUT_MS = 30_000;

const METRES_AN_INCH = 0.0254;

/** Opens BMP, which libvips does not read: ffmpeg decodes it, and scales it down on the way when it is large. */
export async function openBmp(path: string, { ffmpeg }: MediaPrograms): Promise<ImageSource> {
  const facts = FileWindow.look(path, readFacts);
  assertDecodable(facts.width, facts.height);
  const pixels = await decodeView(ffmpeg.ffmpeg, path, facts);
  const large = async (longestSide: number) => {
    const copy = await decode(ffmpeg.ffmpeg, path, facts, longestSide, { format: 'rgb24', bytes: 3 });
    return { ...copy, channels: 3 } as const;
  };
  const view = (longestSide: number) => scaleDown(pixels, longestSide);
  return { facts, exif: null, view, ...(!facts.has_alpha && { large }) };
}

/** The headers of OS/2 (12 bytes) and of Windows (40 and more, BITMAPINFOHEADER to BITMAPV5HEADER). */
function readFacts(file: FileWindow): ImageFacts {
  const header = file.bytes(0, 70);
  if (header.length < 26 || header.toString('latin1', 0, 2) !== 'BM') throw imageUnreadable();
  const size = header.readUInt32LE(14);
  if (size !== 12 && header.length < 54) throw imageUnreadable();
  const core = size === 12;
  const width = core ? header.readUInt16LE(18) : header.readInt32LE(18);
  // Negative where the rows are stored from the top.
  const height = Math.abs(core ? header.readInt16LE(20) : header.readInt32LE(22));
  if (width < 1 || height < 1) throw imageUnreadable();
  const hasAlpha = !core && size >= 56 && header.length === 70 && header.readUInt32LE(66) !== 0;
  const pixelsAMetre = core ? 0 : header.readInt32LE(38);
  return {
    width,
    height,
    format: 'bmp',
    color_space: 'srgb',
    channels: hasAlpha ? 4 : 3,
    has_alpha: hasAlpha,
    orientation: 1,
    density: pixelsAMetre > 0 ? Math.round(pixelsAMetre * METRES_AN_INCH) : null,
    frames: 1,
  };
}

/** The image as views are made of it. */
async function decodeView(ffmpeg: string, path: string, facts: ImageFacts): Promise<Pixels> {
  const pixels = await decode(ffmpeg, path, facts, MAX_RETAINED_SIDE_PX, { format: 'rgba', bytes: 4 });
  // A file that declares no alpha may still hold bytes where it would be.
  if (!facts.has_alpha) for (let index = 3; index < pixels.data.length; index += 4) pixels.data[index] = 255;
  return pixels;
}

async function decode(
  ffmpeg: string,
  path: string,
  { width, height }: ImageFacts,
  longestSide: number,
  pixel: { readonly format: string; readonly bytes: number },
): Promise<Pixels> {
  const scale = Math.min(1, longestSide / Math.max(width, height));
  const kept = { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
  const bytes = kept.width * kept.height * pixel.bytes;
  // The size is known to be within bounds; ffmpeg would count rows padded to whole blocks.
  const input = localInput({ path, demuxer: 'bmp_pipe', maxPixels: 2 * MAX_PIXELS, threads: 1 });
  const filter = scale < 1 ? ['-vf', `scale=${kept.width}:${kept.height}:flags=area`] : [];
  const output = ['-frames:v', '1', '-f', 'rawvideo', '-pix_fmt', pixel.format, 'pipe:1'];
  const limits = { timeout: TIMEOUT_MS, stdoutLimit: bytes };
  const data = await runFfmpeg(ffmpeg, [...input, ...filter, ...output], limits).catch(() => {
    throw imageUnreadable();
  });
  if (data.length !== bytes) throw imageUnreadable();
  return { data, ...kept };
}
