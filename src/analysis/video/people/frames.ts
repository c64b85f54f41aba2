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

/** One frame of the video, upright and with square pixels. Its colours are made when they are asked for. */
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
    return this.layout.image;
  }

  /** Converted on demand: of most frames only the small copy is searched. */
  get image(): Raster {
    return (this.converted ??= this.colors.rgb(this.yuv, 0, this.size));
  }

  /** The same, so small that the face detector sees all of it at once. */
  get small(): Drawing {
    const { yuv, layout, colors } = this;
    return {
      ...layout.small,
      draw: (planes) => {
        colors.draw(yuv, layout.image.height, layout.small, planes);
      },
    };
  }

  /** Levels of some pixels, the same of each frame: enough to tell how much it differs from another. */
  get sample(): Uint8ClampedArray {
    return this.colors.levels(this.yuv, this.layout.image.height, this.layout.small, SAMPLE_STEP_PX);
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

/** What frames are brought to: the detector sees faces of 24 pixels in it, three times as large in the whole. */
const MAX_SIZE_PX: Size = { width: 3 * VIEW.width, height: 3 * VIEW.height };

/** Frames decoded ahead at most: where many share the cores, each is often waited for. */
const MAX_FRAMES_AHEAD = 8;

/** Whether the consumer wants more frames. */
type Verdict = 'more' | 'enough';

/** Receives decoded frames. */
export interface FrameConsumer<Prescan> {
  /** What can be begun with a frame while those before it are still processed. */
  prescan(frame: Frame): Promise<Prescan>;
  /** In the order of the frames, one at a time. */
  detect(frame: Frame, prescan: Prescan): Promise<Verdict>;
}

/**
 * Decodes a video and hands its frames on, one after the other, straight from ffmpeg's pipe. While one is processed,
 * the next ones come in and are prescanned; ffmpeg decodes ahead, and waits when it is too fast.
 *
 * @throws ProgramFailure
 */
export async function readFrames<Prescan>(
  { ffmpeg, input, workDirectory }: VideoSource,
  stream: VideoStream,
  { rate, from, keyFramesOnly, timeout }: Sampling,
  consumer: FrameConsumer<Prescan>,
): Promise<void> {
  const layout = layoutOf(stream);
  const colors = new ColorConversion(stream.colorSpace);
  const times = new FrameTimeReader();
  const seek = from > 0 ? ['-ss', from.toFixed(6)] : [];
  const skip = keyFramesOnly ? ['-skip_frame', 'nokey'] : ['-skip_loop_filter', 'noref'];
  const filter = ['-filter_complex', `[0:${stream.index}]${filters(layout, rate)}`, '-map', '[frames]'];
  const output = ['-vsync', 'passthrough', '-f', 'rawvideo', 'pipe:1'];
  const take = async (blocks: AsyncIterable<Uint8Array>) => {
    const pipeline = new FramePipeline(consumer);
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

/** Passes frames to a consumer one after the other and prescans those that follow. */
class FramePipeline<Prescan> {
  private readonly detections: Promise<Verdict>[] = [];

  constructor(private readonly consumer: FrameConsumer<Prescan>) {}

  /** Resolves when there is room for another frame. */
  async addFrame(frame: Frame): Promise<void> {
    const before = this.detections.at(-1) ?? Promise.resolve('more');
    const prescan = this.consumer.prescan(frame);
    const detection = before.then(async (verdict) =>
      verdict === 'enough' ? verdict : this.consumer.detect(frame, await prescan),
    );
    // What goes wrong is told where it is waited for, which it may never be.
    for (const promise of [prescan, detection]) promise.catch(() => undefined);
    this.detections.push(detection);
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

/** Ends ffmpeg, since no more frames are wanted. */
class StopDecoding extends Error {}

/** A box in a frame that was read, in whole pixels of the upright video. */
export function videoBox(box: Box, stream: VideoStream): Box {
  return scaledBox(box, frameSize(stream), stream);
}

/** A frame and its small copy below it in one rectangle, so that they come through one pipe together. */
interface Layout extends Size {
  readonly image: Size;
  readonly small: Size;
}

function layoutOf(stream: VideoStream): Layout {
  const image = frameSize(stream);
  const scale = Math.min(1, VIEW.width / image.width, VIEW.height / image.height);
  const small = { width: even(image.width * scale), height: even(image.height * scale) };
  return { image, small, width: image.width, height: image.height + small.height };
}

function frameSize(stream: VideoStream): Size {
  const { width, height } = sizeWithin(MAX_SIZE_PX, stream);
  return { width: even(width), height: even(height) };
}

/** Two pixels beside each other, and two below each other, share their chroma. */
const even = (length: number) => Math.max(2, 2 * Math.round(length / 2));

function filters({ image, small, width }: Layout, rate: number): string {
  const nth = (time: string) => String.raw`floor(${time}*${rate}+0.001)`;
  const chosen = String.raw`select=isnan(prev_selected_t)+gt(${nth('t')}\,${nth('prev_selected_t')})`;
  return [
    ...(rate > 0 ? [chosen] : []),
    String.raw`metadata=mode=add:key=facet:value=1,metadata=mode=print:key=facet:file=pipe\\:3:direct=1`,
    // As it is stored: half the bytes of colours, which are made here of what is looked at.
    `scale=${image.width}:${image.height}:flags=area:out_range=tv,format=yuv420p,split[picture][copy];` +
      `[copy]scale=${small.width}:${small.height}:flags=area,pad=${width}:${small.height}[small];` +
      `[picture][small]vstack[frames]`,
  ].join(',');
}
