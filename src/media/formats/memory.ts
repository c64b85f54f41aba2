import { imageUnreadable } from '../media.failures.js';
import { loadSharp } from '../sharp.js';
import type { Pixels } from '../pixels/pixels.js';

/** Longer side in pixels to which images are brought that were decoded or drawn as a whole. */
export const MAX_RETAINED_SIDE_PX = 2500;

/** A smaller copy of pixels in memory, sRGB and RGBA; the same size when they are small enough. */
export async function scaleDown(
  { data, width, height, channels = 4 }: Pixels & { channels?: 3 | 4 },
  longestSide: number,
): Promise<Pixels> {
  const sharp = await loadSharp();
  try {
    const { data: scaled, info } = await sharp(data, { raw: { width, height, channels } })
      .resize({ width: longestSide, height: longestSide, fit: 'inside', withoutEnlargement: true })
      .ensureAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true });
    return { data: scaled, width: info.width, height: info.height };
  } catch {
    throw imageUnreadable();
  }
}
