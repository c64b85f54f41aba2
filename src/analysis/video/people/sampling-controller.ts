/** How much of a film is looked at. */
export interface Rate {
  /** Pictures a second at most; 0 means every one. */
  readonly rate: number;
  /** Whether only pictures are decoded that can be by themselves, which is far quicker. */
  readonly keyFramesOnly: boolean;
}

/** The speed is measured over this share of the budget before it is judged, in milliseconds at most. */
const WINDOW_BUDGET_SHARE = 0.03;
const MAX_WINDOW_MS = 2_000;

/** Pictures of which the speed is told at least. */
const MIN_WINDOW_FRAMES = 10;

/** Of the time that is left, so much is planned with. */
const PLANNED_TIME_SHARE = 0.85;

/** By so much more than is needed the rate is lowered, so that it is lowered seldom; at once it is lowered so far. */
const RATE_MARGIN_FACTOR = 1.25;
const MIN_RATE_FACTOR = 0.25;

/** Pictures a second below which decoding all of them is not worth it. */
const MIN_FULL_DECODE_FPS = 1;

/**
 * Sees to it that a film is gone through in time: when that would take too long, fewer pictures a second are looked at,
 * in the end only those that can be decoded by themselves.
 */
export class SamplingController {
  private measurement: { readonly start: number; readonly film: number; looks: number } | null = null;
  private readonly end: number;

  /**
   * @param duration seconds of film
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

  /** Hears that the picture at a time was looked at; answers another rate when this one is too much. */
  recordFrame(time: number, { keyFramesOnly }: Rate): Rate | null {
    // What opening the film took is not counted.
    this.measurement ??= { start: this.now(), film: time, looks: -1 };
    this.measurement.looks += 1;
    const { start, film, looks } = this.measurement;
    const spent = this.now() - start;
    if (looks < MIN_WINDOW_FRAMES || spent < Math.min(MAX_WINDOW_MS, WINDOW_BUDGET_SHARE * this.budget)) return null;
    this.measurement = null;
    // Milliseconds that a second of film takes, and that it may take.
    const [seen, left] = [Math.max(0.001, time - film), Math.max(0.001, this.duration - time)];
    const [takes, may] = [spent / seen, (PLANNED_TIME_SHARE * (this.end - this.now())) / left];
    if (takes <= may) return null;
    const rate = (looks / seen) * Math.max(MIN_RATE_FACTOR, may / takes / RATE_MARGIN_FACTOR);
    return { rate, keyFramesOnly: keyFramesOnly || rate < MIN_FULL_DECODE_FPS };
  }
}
