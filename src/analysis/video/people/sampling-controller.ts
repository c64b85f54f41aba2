/** Which frames of a video are processed. */
export interface Rate {
  /** Frames a second at most; 0 means every one. */
  readonly rate: number;
  /** Whether only frames are decoded that can be by themselves, which is far quicker. */
  readonly keyFramesOnly: boolean;
}

/** The speed is measured over this share of the budget before it is judged, in milliseconds at most. */
const WINDOW_BUDGET_SHARE = 0.03;
const MAX_WINDOW_MS = 2_000;

/** Frames that one measurement of the speed needs at least. */
const MIN_WINDOW_FRAMES = 10;

/** Share of the remaining time that is planned with. */
const PLANNED_TIME_SHARE = 0.85;

/** Factor by which the rate is lowered below what is needed, so that it is lowered seldom; and the lowest factor of one step. */
const RATE_MARGIN_FACTOR = 1.25;
const MIN_RATE_FACTOR = 0.25;

/** Frames a second below which decoding all of them is not worth it. */
const MIN_FULL_DECODE_FPS = 1;

/**
 * Lowers the sampling rate so that a video is processed within its budget: fewer frames a second are decoded,
 * in the end only those that can be decoded by themselves.
 */
export class SamplingController {
  private measurement: { readonly start: number; readonly video: number; frames: number } | null = null;
  private readonly end: number;

  /**
   * @param duration seconds of video
   * @param budget milliseconds that it may take
   */
  constructor(
    private readonly duration: number,
    private readonly budget: number,
    private readonly now: () => number = Date.now,
  ) {
    this.end = now() + budget;
  }

  get isOver(): boolean {
    return this.now() >= this.end;
  }

  /** Records that the frame at a time was processed; returns a lower rate when this one is too slow. */
  recordFrame(time: number, { keyFramesOnly }: Rate): Rate | null {
    // What opening the video took is not counted.
    this.measurement ??= { start: this.now(), video: time, frames: -1 };
    this.measurement.frames += 1;
    const { start, video, frames } = this.measurement;
    const spent = this.now() - start;
    if (frames < MIN_WINDOW_FRAMES || spent < Math.min(MAX_WINDOW_MS, WINDOW_BUDGET_SHARE * this.budget)) return null;
    this.measurement = null;
    // Milliseconds that a second of video takes, and that it may take.
    const [seen, left] = [Math.max(0.001, time - video), Math.max(0.001, this.duration - time)];
    const [takes, may] = [spent / seen, (PLANNED_TIME_SHARE * (this.end - this.now())) / left];
    if (takes <= may) return null;
    const rate = (frames / seen) * Math.max(MIN_RATE_FACTOR, may / takes / RATE_MARGIN_FACTOR);
    return { rate, keyFramesOnly: keyFramesOnly || rate < MIN_FULL_DECODE_FPS };
  }
}
