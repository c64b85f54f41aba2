import type { Box, Raster } from './raster.js';

/** A scaled copy of a raster or of a part of it, in RGB. */
export async function resize(
  raster: Raster,
  size: { readonly width: number; readonly height: number },
  part: Box = { x: 0, y: 0, width: raster.width, height: raster.height },
): Promise<Raster> {
  if (part.width === size.width && part.height === size.height && raster.channels === 3) return cut(raster, part);
  const { default: sharp } = await import('sharp');
  const { data, width, height, channels } = raster;
  const scaled = await sharp(data, { raw: { width, height, channels } })
    .extract({ left: part.x, top: part.y, width: part.width, height: part.height })
    .removeAlpha()
    .resize({ ...size, fit: 'fill' })
    .raw()
    .toBuffer();
  return { data: scaled, ...size, channels: 3 };
}

/** Most faces in videos are not scaled: their pixels are there at once. */
function cut({ data, width: stride }: Raster, { x, y, width, height }: Box): Raster {
  const part = new Uint8Array(3 * width * height);
  for (let row = 0; row < height; row++) {
    const from = 3 * ((y + row) * stride + x);
    part.set(data.subarray(from, from + 3 * width), 3 * row * width);
  }
  return { data: part, width, height, channels: 3 };
}
