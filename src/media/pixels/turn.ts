import type { Raster } from './raster.js';

/** Clockwise, in degrees. */
export type QuarterTurn = 90 | 180 | 270;

export async function rotateQuarter(image: Raster, degrees: QuarterTurn): Promise<Raster> {
  const { default: sharp } = await import('sharp');
  const { width, height, channels } = image;
  const { data, info } = await sharp(image.data, { raw: { width, height, channels } })
    .rotate(degrees)
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height, channels };
}
