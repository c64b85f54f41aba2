import type { MediaType } from './media-types.js';

/** Brands of the ISO base media file format (ISO/IEC 14496-12, registered at mp4ra.org). */
const AVIF = new Set(['avif', 'avis']);
const HEIC = new Set(['heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'hevm', 'hevs']);

/** Images of any codec: the compatible brands say which. */
const PICTURES = new Set(['mif1', 'mif2', 'mif3', 'msf1', 'miaf']);

/** Sound alone by their own account, and the raw images of cameras. */
const FOREIGN = new Set(['M4A ', 'M4B ', 'M4P ', 'F4A ', 'F4B ', 'aax ', 'aaxc', 'crx ', 'jpm ', 'mjp2']);

const BRAND_BYTES = 4;
const MAX_BRANDS = 64;

/** The type of a file that begins with a `ftyp` box; null for a brand that Facet does not read. 3GP and M4V are MP4. */
export function brandedType(head: Buffer): MediaType | null {
  const [major = '', ...compatible] = brandsIn(head);
  if (PICTURES.has(major)) return pictureType(compatible);
  return pictureType([major]) ?? filmType(major);
}

function pictureType(brands: readonly string[]): MediaType | null {
  if (brands.some((brand) => AVIF.has(brand))) return 'image/avif';
  return brands.some((brand) => HEIC.has(brand)) ? 'image/heic' : null;
}

function filmType(major: string): MediaType | null {
  if (FOREIGN.has(major) || major.length < BRAND_BYTES) return null;
  return major === 'qt  ' ? 'video/quicktime' : 'video/mp4';
}

/** The major brand, then the compatible ones; between them stands the version of the major one. */
function brandsIn(head: Buffer): string[] {
  const end = Math.min(head.readUInt32BE(0), head.length, 16 + BRAND_BYTES * MAX_BRANDS);
  const brands = [head.toString('latin1', 8, 12)];
  for (let at = 16; at + BRAND_BYTES <= end; at += BRAND_BYTES) brands.push(head.toString('latin1', at, at + 4));
  return brands;
}
