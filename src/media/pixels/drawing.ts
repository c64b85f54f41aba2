/** Where levels of red, green and blue are drawn, one plane after the other, as networks take them. */
export interface Planes {
  readonly levels: Float32Array;
  /** Pixels of each plane. */
  readonly width: number;
  readonly height: number;
  /** A level from 0 to 255 is written as (level − mean) / deviation. */
  readonly mean: number;
  readonly deviation: number;
}

/** An image that has no pixels in RGB yet and may never need them: it draws itself where it is looked at. */
export interface Drawing {
  readonly width: number;
  readonly height: number;
  /** Into the upper left corner; the rest of the planes stays as it is. */
  draw(planes: Planes): void;
}
