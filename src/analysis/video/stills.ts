import { runFfmpeg } from '../../media/ffmpeg/ffmpeg.js';
import { ProgramFailure } from '../../media/ffmpeg/program.failure.js';
import { type Size, sizeWithin } from './frame-size.js';
import type { VideoStream } from './streams.js';
import type { VideoSource } from './video-source.js';

/** One frame of the video, upright and with square pixels, as JPEG. */
export interface Still {
  /** Seconds from the start of the file. */
  readonly time: number;
  readonly jpeg: Buffer;
}

/** Pixels on the longer side. */
const STILL_SIDE_PX = 1280;
const JPEG_QUALITY = 85;

/** Milliseconds for one frame. */
const STILL_TIMEOUT_MS = 60_000;

/** The first frame at or after a time; null when none can be decoded there. */
export async function takeStill(source: VideoSource, videoStream: VideoStream, time: number): Promise<Still | null> {
  const size = sizeWithin({ width: STILL_SIDE_PX, height: STILL_SIDE_PX }, videoStream);
  const raw = await firstFrame(source, videoStream, time, size);
  if (!raw) return null;
  const { default: sharp } = await import('sharp');
  const jpeg = await sharp(raw, { raw: { ...size, channels: 3 } })
    .jpeg({ quality: JPEG_QUALITY })
    .toBuffer();
  return { time, jpeg };
}

/** Whether the video has any frame that can be decoded. */
export async function hasDecodableFrame(source: VideoSource, videoStream: VideoStream): Promise<boolean> {
  return (await firstFrame(source, videoStream, 0, { width: 2, height: 2 })) !== null;
}

/** Pixels of red, green and blue, row by row. */
async function firstFrame(
  { ffmpeg, input }: VideoSource,
  { index }: VideoStream,
  time: number,
  { width, height }: Size,
): Promise<Buffer | null> {
  const bytes = 3 * width * height;
  const seek = time > 0 ? ['-ss', time.toFixed(6)] : [];
  const scale = `scale=${width}:${height}:flags=area,format=rgb24`;
  const one = ['-map', `0:${index}`, '-vf', scale, '-frames:v', '1', '-f', 'rawvideo', 'pipe:1'];
  try {
    const raw = await runFfmpeg(ffmpeg, [...seek, ...input, ...one], { timeout: STILL_TIMEOUT_MS, stdoutLimit: bytes });
    return raw.length === bytes ? raw : null;
  } catch (error) {
    if (error instanceof ProgramFailure && error.kind === 'exit') return null;
    throw error;
  }
}
