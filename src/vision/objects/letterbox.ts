import type { Raster } from '../../media/pixels/raster.js';

/** An image in the middle of a black square. */
export interface Letterbox {
  /** RGB. */
  readonly pixels: Uint8Array;
  /** Pixels of the square for one of the image. */
  readonly scale: number;
  /** Where the upper left corner of the image lies in the square, in its pixels. */
  readonly left: number;
  readonly top: number;
}

/** Fits an image into a square of so many pixels; its proportions stay, and what is transparent shows white. */
export async function letterbox({ data, width, height, channels }: Raster, side: number): Promise<Letterbox> {
  const scale = side / Math.max(width, height);
  const [across, along] = [width, height].map((length) => Math.max(1, Math.round(length * scale)));
  const [left, top] = [Math.floor((side - (across ?? 1)) / 2), Math.floor((side - (along ?? 1)) / 2)];
  const { default: sharp } = await import('sharp');
  const pixels = await sharp(data, { raw: { width, height, channels } })
    .flatten({ background: '#fff' })
    .resize({ width: across, height: along, fit: 'fill', kernel: 'linear' })
    .extend({ left, top, right: side - left - (across ?? 1), bottom: side - top - (along ?? 1), background: '#000' })
    .raw()
    .toBuffer();
  return { pixels, scale, left, top };
}
