import { imageUnreadable } from '../media.failures.js';
import { openBmp } from './bmp.js';
import { openHeic } from './heic.js';
import { openNative } from './native.js';
import { openSvg } from './svg.js';
import type { ImageSource, MediaPrograms } from '../image-source.js';

type Opener = (path: string, programs: MediaPrograms) => Promise<ImageSource>;

const OPENERS: Readonly<Record<string, Opener>> = {
  'image/jpeg': (path) => openNative(path, 'image/jpeg'),
  'image/png': (path) => openNative(path, 'image/png'),
  'image/webp': (path) => openNative(path, 'image/webp'),
  'image/gif': (path) => openNative(path, 'image/gif'),
  'image/tiff': (path) => openNative(path, 'image/tiff'),
  'image/avif': (path) => openNative(path, 'image/avif'),
  'image/heic': openHeic,
  'image/bmp': openBmp,
  'image/svg+xml': openSvg,
};

export const MEDIA_TYPES = Object.keys(OPENERS);

/** @throws WorkFailure `image_too_large` or `image_unreadable`, by the header alone where it tells. */
export function openImage(path: string, mediaType: string, programs: MediaPrograms): Promise<ImageSource> {
  const open = OPENERS[mediaType];
  if (!open) throw imageUnreadable();
  return open(path, programs);
}
