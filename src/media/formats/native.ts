import { imageTooManyFrames, imageUnreadable } from '../media.failures.js';
import { countFrames } from '../metadata/frames.js';
import { declaredSize } from '../metadata/declared-size.js';
import { liesOnItsSide, turnUpright } from '../pixels/upright.js';
import { loadSharp } from '../sharp.js';
import {
  assertDecodable,
  canBeLarge,
  VIDEO_CODEC_BYTES_PER_PIXEL,
  VIDEO_CODEC_MAX_MEGAPIXELS,
  MAX_FRAMES,
  MAX_PIXELS,
  MAX_MEGAPIXELS,
} from './limits.js';
import { MAX_RETAINED_SIDE_PX, scaleDown } from './memory.js';
import type { Metadata } from 'sharp';
import type { ImageFacts, ImageSource } from '../image-source.js';
import type { Raster } from '../pixels/raster.js';
import type { Pixels } from '../pixels/pixels.js';

/** What each type is called in the facts, and what libvips calls the decoder that must have recognized it. */
const FORMATS = {
  'image/jpeg': { format: 'jpeg', decoder: 'jpeg' },
  'image/png': { format: 'png', decoder: 'png' },
  'image/webp': { format: 'webp', decoder: 'webp' },
  'image/gif': { format: 'gif', decoder: 'gif' },
  'image/tiff': { format: 'tiff', decoder: 'tiff' },
  'image/avif': { format: 'avif', decoder: 'heif' },
  'image/heic': { format: 'heic', decoder: 'heif' },
} as const;

export type NativeType = keyof typeof FORMATS;

/**
 * Opens what libvips decodes by itself: JPEG, PNG, WebP, GIF, TIFF and AVIF. Each view is decoded for itself, at the
 * fraction of the size that is needed where the format allows it; AVIF, which takes long, only once.
 */
export async function openNative(path: string, mediaType: NativeType): Promise<ImageSource> {
  const { facts, exif, progressive } = await readHeader(path, mediaType);
  const large = (longestSide: number) => decodeLarge(path, longestSide);
  const source = { facts, exif, ...(canBeLarge(facts, bytesHeld(facts, progressive)) && { large }) };
  if (mediaType !== 'image/avif')
    return { ...source, view: (longestSide) => decode(path, longestSide, facts.orientation) };
  const pixels = await decode(path, MAX_RETAINED_SIDE_PX, facts.orientation);
  return { ...source, view: (longestSide) => scaleDown(pixels, longestSide) };
}

type Header = Pick<ImageSource, 'facts' | 'exif'> & { readonly progressive: boolean };

/**
 * Facts and EXIF without decoding a pixel; of HEIC files too.
 *
 * @throws WorkFailure `image_too_large` or `image_unreadable`
 */
export async function readHeader(path: string, mediaType: NativeType): Promise<Header> {
  const { format, decoder } = FORMATS[mediaType];
  const megapixels = decoder === 'heif' ? VIDEO_CODEC_MAX_MEGAPIXELS : MAX_MEGAPIXELS;
  const declared = declaredSize(path, mediaType);
  if (declared) assertDecodable(declared.width, declared.height, 'uchar', megapixels);
  const frames = countFrames(path, mediaType, MAX_FRAMES);
  if (frames !== undefined && frames > MAX_FRAMES) throw imageTooManyFrames(MAX_FRAMES);

  const metadata = await readMetadata(path);
  assertDecodable(metadata.width, metadata.height, metadata.depth, megapixels);
  if (metadata.format !== decoder) throw imageUnreadable();
  const facts = { ...factsOf(metadata), format, frames: Math.max(1, frames ?? metadata.pages ?? 1) };
  return { facts, exif: format === 'tiff' ? path : exifBlock(metadata), progressive: metadata.isProgressive };
}

async function readMetadata(path: string): Promise<Metadata> {
  const sharp = await loadSharp();
  try {
    return await sharp(path, { limitInputPixels: false }).metadata();
  } catch {
    throw imageUnreadable();
  }
}

function factsOf(metadata: Metadata): Omit<ImageFacts, 'format' | 'frames'> {
  const orientation = isOrientation(metadata.orientation) ? metadata.orientation : 1;
  const [width, height] = liesOnItsSide(orientation)
    ? [metadata.height, metadata.width]
    : [metadata.width, metadata.height];
  return {
    width,
    height,
    color_space: metadata.space,
    channels: metadata.channels,
    has_alpha: metadata.hasAlpha,
    orientation,
    density: metadata.density ?? null,
  };
}

/** Files may hold any number there. */
const isOrientation = (value: number | undefined): value is number => value !== undefined && value >= 1 && value <= 8;

/** libvips hands out the block as JPEG stores it, with six bytes in front of the TIFF structure. */
function exifBlock({ exif }: Metadata): Buffer | null {
  if (!exif) return null;
  return exif.toString('latin1', 0, 6) === 'Exif\0\0' ? exif.subarray(6) : exif;
}

async function decode(path: string, longestSide: number, orientation: number): Promise<Pixels> {
  const sharp = await loadSharp();
  try {
    const { data, info } = await sharp(path, {
      limitInputPixels: MAX_PIXELS,
      failOn: 'truncated',
      sequentialRead: true,
    })
      .resize({ width: longestSide, height: longestSide, fit: 'inside', withoutEnlargement: true })
      .toColourspace('srgb')
      .ensureAlpha()
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    return turnUpright({ data, width: info.width, height: info.height }, orientation);
  } catch {
    throw imageUnreadable();
  }
}

/** Turned after it was scaled, which takes the memory of two of the result. */
async function decodeLarge(path: string, longestSide: number): Promise<Raster> {
  const sharp = await loadSharp();
  try {
    const { data, info } = await sharp(path, {
      limitInputPixels: MAX_PIXELS,
      failOn: 'truncated',
      sequentialRead: true,
      autoOrient: true,
    })
      .resize({ width: longestSide, height: longestSide, fit: 'inside', withoutEnlargement: true })
      .toColourspace('srgb')
      .flatten({ background: '#fff' })
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    return { data, width: info.width, height: info.height, channels: 3 };
  } catch {
    throw imageUnreadable();
  }
}

/** What the decoder holds of the whole image; most need a few rows or, of other formats, four bytes at most. */
function bytesHeld({ format, channels }: ImageFacts, progressive: boolean): number {
  if (format === 'avif') return VIDEO_CODEC_BYTES_PER_PIXEL;
  return format === 'jpeg' && progressive ? 2 * channels : 4;
}
