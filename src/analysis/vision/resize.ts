import type { Box, Raster } from './raster.js';

/** A scaled copy of a raster or of a part of it, in RGB. */
export async function resize(
  { data, width, height, channels }: Raster,
  size: { readonly width: number; readonly height: number },
  part?: Box,
): Promise<Raster> {
  const { default: sharp } = await import('sharp');
  const source = sharp(data, { raw: { width, height, channels } });
  if (part) source.extract({ left: part.x, top: part.y, width: part.width, height: part.height });
  const scaled = await source
    .removeAlpha()
    .resize({ ...size, fit: 'fill' })
    .raw()
    .toBuffer();
  return { data: scaled, ...size, channels: 3 };
}
