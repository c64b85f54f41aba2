import { runFfmpeg } from '../../../media/ffmpeg/ffmpeg.js';
import type { Drawing } from '../../../media/pixels/drawing.js';
import { VIEW } from '../../../vision/faces/detection/tiles.js';
import type { Box, Raster } from '../../../media/pixels/raster.js';
import { scaledBox } from '../../../media/pixels/scaled-box.js';
import { type Size, sizeWithin } from '../frame-size.js';
import type { VideoStream } from '../streams.js';
import type { VideoSource } from '../video-source.js';
import { FrameTimeReader } from './frame-time-reader.js';
import type { Rate } from './sampling-controller.js';
import { ColorConversion, type Yuv420 } from './yuv420.js';

/** One picture of the film, upright and with square pixels. Its colours are made when they are asked for. */
export class Frame {
  private converted: Raster | null = null;

  constructor(
    /** Seconds from the start of the file. */
    readonly time: number,
    private readonly yuv: Yuv420,
    private readonly layout: Layout,
    private readonly colors: ColorConversion,
  ) {}

  get size(): Size {
    return this.layout.picture;
  }

  /** Of most pictures only the small copy is looked at. */
  get picture(): Raster {
    return (this.converted ??= this.colors.rgb(this.yuv, 0, this.size));
  }

  /** The same, so small that the face detector sees all of it at once. */
  get small(): Drawing {
    const { yuv, layout, colors } = this;
    return {
      ...layout.small,
      draw: (planes) => {
        colors.draw(yuv, layout.picture.height, layout.small, planes);
      },
    };
  }

  /** Levels of some pixels, the same of each picture: enough to tell how much it differs from another. */
  get sample(): Uint8ClampedArray {
    return this.colors.levels(this.yuv, this.layout.picture.height, this.layout.small, SAMPLE_STEP_PX);
  }
}

/** Every so many pixels of the small copy are a sample of it, across and down. */
const SAMPLE_STEP_PX = 4;

export interface Sampling extends Rate {
  /** Seconds from the start of the file. */
  readonly from: number;
  /** Milliseconds after which the reading is given up. */
  readonly timeout: number;
}

/** What pictures are brought to: the detector sees faces of 24 pixels in it, three times as large in the whole. */
const MAX_SIZE_PX: Size = { width: 3 * VIEW.width, height: 3 * VIEW.height };

/** Frames that are not looked at yet, at most: where many share the cores, each is often waited for. */
const MAX_FRAMES_AHEAD = 8;

/** Told by the one who takes frames: to go on, or that it has seen enough. */
type Verdict = 'more' | 'enough';

/** The one who takes frames. */
export interface FrameConsumer<Glance> {
  /** What can be begun with a frame while those before it are still looked at. */
  prescan(frame: Frame): Promise<Glance>;
  /** In the order of the frames, one at a time. */
  detect(frame: Frame, glance: Glance): Promise<Verdict>;
}

/**
 * Decodes a film and hands its pictures on, one after the other, straight from ffmpeg's pipe. While one is looked at,
 * the next ones come in and are glanced at; ffmpeg decodes ahead, and waits when it is too fast.
 *
 * @throws ProgramFailure
 */
export async function readFrames<Glance>(
  { ffmpeg, input, workDirectory }: VideoSource,
  stream: VideoStream,
  { rate, from, keyFramesOnly, timeout }: Sampling,
  viewer: FrameConsumer<Glance>,
): Promise<void> {
  const layout = layoutOf(stream);
  const colors = new ColorConversion(stream.colorSpace);
  const times = new FrameTimeReader();
  const seek = from > 0 ? ['-ss', from.toFixed(6)] : [];
  const skip = keyFramesOnly ? ['-skip_frame', 'nokey'] : ['-skip_loop_filter', 'noref'];
  const filter = ['-filter_complex', `[0:${stream.index}]${filters(layout, rate)}`, '-map', '[frames]'];
  const output = ['-vsync', 'passthrough', '-f', 'rawvideo', 'pipe:1'];
  const take = async (blocks: AsyncIterable<Uint8Array>) => {
    const pipeline = new FramePipeline(viewer);
    for await (const bytes of blocks)
      await pipeline.addFrame(new Frame(from + (await times.next()), { ...layout, bytes }, layout, colors));
    await pipeline.finish();
  };
  const length = (layout.width * layout.height * 3) / 2;
  const reader = { directory: workDirectory, length, count: MAX_FRAMES_AHEAD + 1, take };
  const run = { timeout, stdoutLimit: 0, reader, onFilterLine: times.read };
  try {
    await runFfmpeg(ffmpeg, [...seek, ...skip, ...input, ...filter, ...output], run);
  } catch (error) {
    if (!(error instanceof StopDecoding)) throw error;
  }
}

/** Lets a viewer look at one frame after the other while it glances at those that follow. */
class FramePipeline<Glance> {
  private readonly detections: Promise<Verdict>[] = [];

  constructor(private readonly viewer: FrameConsumer<Glance>) {}

  /** Resolves when there is room for another frame. */
  async addFrame(frame: Frame): Promise<void> {
    const before = this.detections.at(-1) ?? Promise.resolve('more');
    const glance = this.viewer.prescan(frame);
    const look = before.then(async (verdict) =>
      verdict === 'enough' ? verdict : this.viewer.detect(frame, await glance),
    );
    // What goes wrong is told where it is waited for, which it may never be.
    for (const promise of [glance, look]) promise.catch(() => undefined);
    this.detections.push(look);
    if (this.detections.length > MAX_FRAMES_AHEAD) throwWhenEnough(await this.detections.shift());
  }

  async finish(): Promise<void> {
    throwWhenEnough(await this.detections.at(-1));
  }
}

/** @throws Enough */
function throwWhenEnough(verdict: Verdict | undefined): void {
  if (verdict === 'enough') throw new StopDecoding();
}

/** Ends ffmpeg, since nobody wants more of it. */
class StopDecoding extends Error {}

/** A box in a picture that was read, in whole pixels of the upright film. */
export function videoBox(box: Box, stream: VideoStream): Box {
  return scaledBox(box, pictureSize(stream), stream);
}

/** A picture and its small copy below it in one rectangle, so that they come through one pipe together. */
interface Layout extends Size {
  readonly picture: Size;
  readonly small: Size;
}

function layoutOf(stream: VideoStream): Layout {
  const picture = pictureSize(stream);
  const scale = Math.min(1, VIEW.width / picture.width, VIEW.height / picture.height);
  const small = { width: even(picture.width * scale), height: even(picture.height * scale) };
  return { picture, small, width: picture.width, height: picture.height + small.height };
}

function pictureSize(stream: VideoStream): Size {
  const { width, height } = sizeWithin(MAX_SIZE_PX, stream);
  return { width: even(width), height: even(height) };
}

/** Two pixels beside each other, and two below each other, share their chroma. */
const even = (length: number) => Math.max(2, 2 * Math.round(length / 2));

function filters({ picture, small, width }: Layout, rate: number): string {
  const nth = (time: string) => String.raw`floor(${time}*${rate}+0.001)`;
  const chosen = String.raw`select=isnan(prev_selected_t)+gt(${nth('t')}\,${nth('prev_selected_t')})`;
  return [
    ...(rate > 0 ? [chosen] : []),
    String.raw`metadata=mode=add:key=facet:value=1,metadata=mode=print:key=facet:file=pipe\\:3:direct=1`,
    // As it is stored: half the bytes of colours, which are made here of what is looked at.
    `scale=${picture.width}:${picture.height}:flags=area:out_range=tv,format=yuv420p,split[picture][copy];` +
      `[copy]scale=${small.width}:${small.height}:flags=area,pad=${width}:${small.height}[small];` +
      `[picture][small]vstack[frames]`,
  ].join(',');
}
