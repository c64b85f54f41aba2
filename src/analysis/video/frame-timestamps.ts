/** Frames remembered: nine hours at 30 a second. */
const MAX_FRAMES = 1_000_000;

/** When each frame is shown, in seconds, and which of them can be decoded by themselves. */
export class FrameTimestamps {
  private readonly all: number[] = [];
  private readonly keys: number[] = [];

  addFrame(time: number, key: boolean): void {
    if (this.all.length >= MAX_FRAMES) return;
    this.all.push(time);
    if (key) this.keys.push(time);
  }

  /**
   * The frame nearest to the middle of a span. One that can be decoded by itself is preferred if it lies in the
   * middle half, since any other costs the decoding of everything since the last such frame. Null when the span
   * holds no frame.
   * @param end exclusive
   */
  centralFrame(start: number, end: number): number | null {
    const [middle, quarter] = [(start + end) / 2, (end - start) / 4];
    const key = nearest(this.keys, middle);
    if (key !== null && Math.abs(key - middle) <= quarter) return key;
    const frame = nearest(this.all, middle);
    return frame !== null && frame >= start && frame < end ? frame : null;
  }
}

function nearest(times: readonly number[], target: number): number | null {
  let best: number | null = null;
  for (const time of times) if (best === null || Math.abs(time - target) < Math.abs(best - target)) best = time;
  return best;
}
