import type { Raster } from './raster.js';

/** Where a pixel of the result lies in the source: (x, y) → (xx·x + xy·y + x0, yx·x + yy·y + y0). */
export interface Affine {
  readonly xx: number;
  readonly xy: number;
  readonly x0: number;
  readonly yx: number;
  readonly yy: number;
  readonly y0: number;
}

/** Samples a pixel of the result is made of at most, along each side. */
const MAX_SAMPLES_PER_SIDE = 4;

/**
 * Draws a part of an image by bilinear interpolation, averaging several samples where it shrinks. Centres of pixels lie
 * at halves; beyond its borders the image goes on as it ends.
 */
export function sample(image: Raster, width: number, height: number, map: Affine): Raster {
  const data = new Uint8Array(3 * width * height);
  const shrinking = Math.max(Math.hypot(map.xx, map.yx), Math.hypot(map.xy, map.yy));
  const samples = Math.max(1, Math.min(MAX_SAMPLES_PER_SIDE, Math.round(shrinking)));
  const sums = new Float64Array(3);
  for (let y = 0, to = 0; y < height; y++)
    for (let x = 0; x < width; x++, to += 3) {
      sums.fill(0);
      for (let v = y + 0.5 / samples; v < y + 1; v += 1 / samples)
        for (let u = x + 0.5 / samples; u < x + 1; u += 1 / samples)
          add(sums, image, map.xx * u + map.xy * v + map.x0 - 0.5, map.yx * u + map.yy * v + map.y0 - 0.5);
      for (let channel = 0; channel < 3; channel++)
        data[to + channel] = Math.round((sums[channel] ?? 0) / (samples * samples));
    }
  return { data, width, height, channels: 3 };
}

/** Adds the colour at a place between four pixels. No arrays are made here: it runs for every pixel. */
function add(sums: Float64Array, image: Raster, x: number, y: number): void {
  const { data, width, height, channels } = image;
  const left = Math.floor(x);
  const top = Math.floor(y);
  const right = x - left;
  const bottom = y - top;
  const x0 = within(left, width) * channels;
  const x1 = within(left + 1, width) * channels;
  const y0 = within(top, height) * width * channels;
  const y1 = within(top + 1, height) * width * channels;
  for (let channel = 0; channel < 3; channel++) {
    const upper = (data[y0 + x0 + channel] ?? 0) * (1 - right) + (data[y0 + x1 + channel] ?? 0) * right;
    const lower = (data[y1 + x0 + channel] ?? 0) * (1 - right) + (data[y1 + x1 + channel] ?? 0) * right;
    sums[channel] = (sums[channel] ?? 0) + upper * (1 - bottom) + lower * bottom;
  }
}

const within = (index: number, length: number) => (index < 0 ? 0 : index >= length ? length - 1 : index);
