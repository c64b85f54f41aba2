/**
 * Measures how suddenly the image changes, by ffmpeg's measure of scenes: the mean absolute difference from the frame before,
 * or how much more it is than the difference before that, whichever is less. 0–1.
 */
export class SceneChange {
  private before: ArrayLike<number> | null = null;
  private difference = 0;

  /** @param levels of red, green and blue, 0–255, of the same pixels of each frame */
  next(levels: ArrayLike<number>): number {
    const [before, last] = [this.before, this.difference];
    this.before = levels;
    this.difference = before ? meanDifference(before, levels) : 0;
    return before ? Math.min(1, Math.min(this.difference, Math.abs(this.difference - last)) / 100) : 0;
  }
}

/** In levels of 0–255. */
function meanDifference(one: ArrayLike<number>, other: ArrayLike<number>): number {
  let sum = 0;
  for (let index = 0; index < one.length; index++) sum += Math.abs((one[index] ?? 0) - (other[index] ?? 0));
  return sum / one.length;
}
