/** Decoded sRGB pixels in memory, 8 bits a channel, rows from the top; a fourth channel is there and not looked at. */
export interface Raster {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly channels: 3 | 4;
}

/** Pixels; x and y are the upper left corner. Fractions are allowed. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Pixels from the upper left corner. */
export type Point = readonly [x: number, y: number];
