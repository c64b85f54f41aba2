import { imageTooLarge } from '../media.failures.js';

/** Megapixels of one image at 8 bits a channel, 12,000 on each side; half of it at 16 bits, a quarter at 32. */
export const MAX_MEGAPIXELS = 144;

/** The same for HEIC and AVIF, whose decoders take 20 bytes a pixel; phones write 48 megapixels at most. */
export const VIDEO_CODEC_MAX_MEGAPIXELS = 50;

const BYTES: Readonly<Record<string, number>> = { char: 1, uchar: 1, short: 2, ushort: 2 };

/**
 * Refuses an image by what its header declares, before any of it is decoded.
 *
 * @param depth libvips' name for the kind of number a channel is stored as
 * @throws WorkFailure `image_too_large`
 */
export function assertDecodable(width: number, height: number, depth = 'uchar', megapixels = MAX_MEGAPIXELS): void {
  const limit = Math.floor(megapixels / (BYTES[depth] ?? 4));
  if (width * height > limit * 1_000_000) throw imageTooLarge(limit);
}

/** Bytes of what decoders of AVIF and HEIC hold for each pixel. */
export const VIDEO_CODEC_BYTES_PER_PIXEL = 20;

/** Bytes of an image in its decoder beside which a process has memory for a large copy, and for all of its models. */
const MAX_DECODING_BYTES = 600_000_000;

/** Whether a large copy can be made of an image of which the decoder holds so many bytes for each pixel. */
export const canBeLarge = ({ width, height }: { width: number; height: number }, bytes: number): boolean =>
  width * height * bytes <= MAX_DECODING_BYTES;

/** For the decoder itself, should a file contradict its own header. */
export const MAX_PIXELS = MAX_MEGAPIXELS * 1_000_000;

/** Images of an animation or pages of a TIFF. */
export const MAX_FRAMES = 10_000;
