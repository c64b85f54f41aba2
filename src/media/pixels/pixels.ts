/** Decoded sRGB pixels, RGBA, 8 bits a channel, alpha not premultiplied, rows from the top. */
export interface Pixels {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** One grey level 0–255 a pixel, rows from the top. */
export interface Luma {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/**
 * Luma by ITU-R BT.601 (0.299 R + 0.587 G + 0.114 B), in the 16-bit fixed point that Pillow uses too. What is
 * transparent shows the white paper beneath.
 */
export function lumaOf({ data, width, height }: Pixels): Luma {
  const luma = new Uint8Array(width * height);
  for (let index = 0, from = 0; index < luma.length; index++, from += 4) {
    const grey =
      ((data[from] ?? 0) * 19595 + (data[from + 1] ?? 0) * 38470 + (data[from + 2] ?? 0) * 7471 + 32768) >> 16;
    const alpha = data[from + 3] ?? 0;
    luma[index] = alpha === 255 ? grey : Math.round((grey * alpha + 255 * (255 - alpha)) / 255);
  }
  return { data: luma, width, height };
}
