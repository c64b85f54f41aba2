import type { Raster } from '../../vision/raster.js';

/** Every so many pixels of the small picture are compared, across and down. */
const STEP = 4;

/**
 * How suddenly the picture changes, by ffmpeg's measure of scenes: the mean absolute difference from the picture before,
 * or how much more it is than the difference before that, whichever is less. 0–1.
 */
export class SceneChange {
  private before: Raster | null = null;
  private difference = 0;

  next(picture: Raster): number {
    const [before, last] = [this.before, this.difference];
    this.before = picture;
    this.difference = before ? meanDifference(before, picture) : 0;
    return before ? Math.min(1, Math.min(this.difference, Math.abs(this.difference - last)) / 100) : 0;
  }
}

/** In levels of 0–255. */
function meanDifference(one: Raster, other: Raster): number {
  let [sum, count] = [0, 0];
  for (let y = 0; y < one.height; y += STEP)
    for (let x = 0; x < one.width; x += STEP) {
      const at = 3 * (y * one.width + x);
      for (let index = at; index < at + 3; index++) sum += Math.abs((one.data[index] ?? 0) - (other.data[index] ?? 0));
      count += 3;
    }
  return sum / count;
}
