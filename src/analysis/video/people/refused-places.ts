import { intersectionOverUnion } from '../../../vision/overlap.js';
import type { Box } from '../../../media/pixels/raster.js';

/** Seconds for which a place that was no face is left alone. */
const REST = 0.4;

/** What overlaps more with such a place is the same thing. */
const SAME = 0.5;

/** Where something looked like a face and was none: a knee or a fold does so in every picture. */
export class RefusedPlaces {
  private places: { readonly box: Box; readonly until: number }[] = [];

  add(box: Box, time: number): void {
    this.places.push({ box, until: time + REST });
  }

  has(box: Box, time: number): boolean {
    this.places = this.places.filter(({ until }) => time < until);
    return this.places.some((place) => intersectionOverUnion(place.box, box) > SAME);
  }
}
