import type { Readable } from 'node:stream';
import { runFfmpeg } from '../../ffmpeg/ffmpeg.js';
import { VIEW } from '../../vision/faces/tiles.js';
import type { Box, Raster } from '../../vision/raster.js';
import { scaledBox } from '../../vision/scaled-box.js';
import { type Size, sizeWithin } from '../picture-size.js';
import type { PictureStream } from '../streams.js';
import type { VideoSource } from '../video-source.js';
import { FrameTimes } from './frame-times.js';
import type { Rate } from './pace.js';

/** One picture of the film, upright and with square pixels. It is overwritten by the next. */
export interface Frame {
  /** Seconds from the start of the file. */
  readonly time: number;
  readonly picture: Raster;
  /** The same, so small that the face detector sees all of it at once. */
  readonly small: Raster;
}

export interface Sampling extends Rate {
  /** Seconds from the start of the file. */
  readonly from: number;
  /** Milliseconds after which the reading is given up. */
  readonly timeout: number;
}

/** What pictures are brought to: the detector sees faces of 24 pixels in it, three times as large in the whole. */
const LARGEST: Size = { width: 3 * VIEW.width, height: 3 * VIEW.height };

/** Told by the one who takes frames: to go on, or that it has seen enough. */
export type Verdict = 'more' | 'enough';

/**
 * Decodes a film and hands its pictures on, one after the other, straight from ffmpeg's pipe; ffmpeg decodes ahead while
 * a picture is looked at, and waits when it is too fast.
 *
 * @throws ProgramFailure
 */
export async function readFrames(
  { ffmpeg, input }: VideoSource,
  stream: PictureStream,
  { rate, from, keyFramesOnly, timeout }: Sampling,
  take: (frame: Frame) => Promise<Verdict>,
): Promise<void> {
  const layout = layoutOf(stream);
  const times = new FrameTimes();
  const seek = from > 0 ? ['-ss', from.toFixed(6)] : [];
  const skip = keyFramesOnly ? ['-skip_frame', 'nokey'] : ['-skip_loop_filter', 'noref'];
  const filter = ['-filter_complex', `[0:${stream.index}]${filters(layout, rate)}`, '-map', '[frames]'];
  const output = ['-vsync', 'passthrough', '-f', 'rawvideo', 'pipe:1'];
  const reader = async (stdout: Readable) => {
    for await (const bytes of blocks(stdout, layout.bytes)) {
      const frame = frameOf(bytes, layout, from + (await times.next()));
      if ((await take(frame)) === 'enough') throw new Enough();
    }
  };
  const run = { timeout, stdoutLimit: 0, reader, onFilterLine: times.read };
  try {
    await runFfmpeg(ffmpeg, [...seek, ...skip, ...input, ...filter, ...output], run);
  } catch (error) {
    if (!(error instanceof Enough)) throw error;
  }
}

/** Ends ffmpeg, since nobody wants more of it. */
class Enough extends Error {}

/** A box in a picture that was read, in whole pixels of the upright film. */
export function filmBox(box: Box, stream: PictureStream): Box {
  return scaledBox(box, sizeWithin(LARGEST, stream), stream);
}

/** A picture and its small copy below it in one rectangle, so that they come through one pipe together. */
interface Layout {
  readonly picture: Size;
  readonly small: Size;
  readonly width: number;
  readonly bytes: number;
}

function layoutOf(stream: PictureStream): Layout {
  const picture = sizeWithin(LARGEST, stream);
  const scale = Math.min(1, VIEW.width / picture.width, VIEW.height / picture.height);
  const small = {
    width: Math.max(1, Math.round(picture.width * scale)),
    height: Math.max(1, Math.round(picture.height * scale)),
  };
  return { picture, small, width: picture.width, bytes: 3 * picture.width * (picture.height + small.height) };
}

function filters({ picture, small, width }: Layout, rate: number): string {
  const nth = (time: string) => String.raw`floor(${time}*${rate}+0.001)`;
  const chosen = String.raw`select=isnan(prev_selected_t)+gt(${nth('t')}\,${nth('prev_selected_t')})`;
  return [
    ...(rate > 0 ? [chosen] : []),
    String.raw`metadata=mode=add:key=facet:value=1,metadata=mode=print:key=facet:file=pipe\\:3:direct=1`,
    // Scaled as it is stored and then turned into colours, which takes half the time of both at once.
    `scale=${picture.width}:${picture.height}:flags=area,format=yuv420p,split[large][copy];[large]format=rgb24[rgb];` +
      `[copy]scale=${small.width}:${small.height}:flags=area,format=rgb24,pad=${width}:${small.height}[small];` +
      `[rgb][small]vstack[frames]`,
  ].join(',');
}

/** The stream in pieces of one length, each of which is overwritten by the next; a rest at its end is no picture. */
async function* blocks(stdout: Readable, length: number): AsyncGenerator<Uint8Array> {
  const block = new Uint8Array(length);
  let filled = 0;
  for await (const chunk of stdout as AsyncIterable<Buffer>)
    for (let at = 0; at < chunk.length;) {
      const part = chunk.subarray(at, at + length - filled);
      block.set(part, filled);
      filled += part.length;
      at += part.length;
      if (filled < length) continue;
      yield block;
      filled = 0;
    }
}

function frameOf(bytes: Uint8Array, { picture, small, width }: Layout, time: number): Frame {
  const row = 3 * width;
  const data = new Uint8Array(3 * small.width * small.height);
  for (let y = 0; y < small.height; y++) {
    const start = (picture.height + y) * row;
    data.set(bytes.subarray(start, start + 3 * small.width), y * 3 * small.width);
  }
  return {
    time,
    picture: { data: bytes.subarray(0, row * picture.height), ...picture, channels: 3 },
    small: { data, ...small, channels: 3 },
  };
}
