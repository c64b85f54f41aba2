import { readFile } from 'node:fs/promises';
import { WorkFailure } from '../../platform/work-failure.js';
import { imageUnreadable } from '../media.failures.js';
import { assertDecodable, canBeLarge, VIDEO_CODEC_BYTES_PER_PIXEL, VIDEO_CODEC_MAX_MEGAPIXELS } from './limits.js';
import { MAX_RETAINED_SIDE_PX, scaleDown } from './memory.js';
import { readHeader } from './native.js';
import type { ImageSource } from '../image-source.js';
import type { Pixels } from '../pixels/pixels.js';
import type { LibHeif, LibHeifHandle } from 'libheif-js/libheif-wasm/libheif-bundle.js';

/**
 * Opens HEIC. sharp's libvips reads its header but, HEVC being patented, not its pixels: these come from libheif and
 * libde265 (libheif-js, LGPL-3.0) compiled to WebAssembly, already turned upright by the file's own transformations.
 */
export async function openHeic(path: string): Promise<ImageSource> {
  const { facts, exif } = await readHeader(path, 'image/heic');
  const { pixels, original } = await decode(path, MAX_RETAINED_SIDE_PX);
  const view = (longestSide: number) => scaleDown(pixels, longestSide);
  const large = async (longestSide: number) => ({ ...(await decode(path, longestSide)).pixels, channels: 4 }) as const;
  const fits = !facts.has_alpha && canBeLarge(original, VIDEO_CODEC_BYTES_PER_PIXEL);
  return { facts: { ...facts, ...original, orientation: 1 }, exif, view, ...(fits && { large }) };
}

/** The primary image. A fresh module each time: its memory only ever grows. */
async function decode(path: string, longestSide: number) {
  const { default: createLibHeif } = await import('libheif-js/libheif-wasm/libheif-bundle.js');
  const libheif = createLibHeif({ print: () => undefined, printErr: () => undefined });
  try {
    const context = libheif.heif_context_alloc();
    libheif.heif_context_read_from_memory(context, await readFile(path));
    return await decodePrimary(libheif, libheif.heif_js_context_get_primary_image_handle(context), longestSide);
  } catch (error) {
    throw error instanceof WorkFailure ? error : imageUnreadable();
  }
}

async function decodePrimary(libheif: LibHeif, handle: LibHeifHandle, longestSide: number) {
  const original = {
    width: libheif.heif_image_handle_get_width(handle),
    height: libheif.heif_image_handle_get_height(handle),
  };
  assertDecodable(original.width, original.height, 'uchar', VIDEO_CODEC_MAX_MEGAPIXELS);
  const { heif_colorspace: spaces, heif_chroma: chromas } = libheif;
  const decoded = libheif.heif_js_decode_image2(
    handle,
    spaces.heif_colorspace_RGB,
    chromas.heif_chroma_interleaved_RGBA,
  );
  const channel = decoded.channels?.[0];
  if (!channel) throw imageUnreadable();
  return { original, pixels: await scaleDown(withoutPadding(channel), longestSide) };
}

/** Rows may be padded to a stride of their own. */
function withoutPadding({ data, width, height, stride }: Pixels & { stride: number }): Pixels {
  const row = width * 4;
  if (stride === row) return { data: data.subarray(0, row * height), width, height };
  const packed = new Uint8Array(row * height);
  for (let y = 0; y < height; y++) packed.set(data.subarray(y * stride, y * stride + row), y * row);
  return { data: packed, width, height };
}
