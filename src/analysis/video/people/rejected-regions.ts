import { intersectionOverUnion } from '../../../vision/overlap.js';
import type { Box } from '../../../media/pixels/raster.js';

/** Seconds for which a place that was no face is left alone. */
const REJECTION_SECONDS = 0.4;

/** What overlaps more with such a place is the same thing. */
const MIN_SAME_OVERLAP = 0.5;

/** Where something looked like a face and was none: a knee or a fold does so in every frame. */
export class RejectedRegions {
  private regions: { readonly box: Box; readonly until: number }[] = [];

  add(box: Box, time: number): void {
    this.regions.push({ box, until: time + REJECTION_SECONDS });
  }

  has(box: Box, time: number): boolean {
    this.regions = this.regions.filter(({ until }) => time < until);
    return this.regions.some((region) => intersectionOverUnion(region.box, box) > MIN_SAME_OVERLAP);
  }
}
