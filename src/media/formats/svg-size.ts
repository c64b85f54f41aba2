import type { Size } from '../metadata/declared-size.js';

/** CSS pixels to the unit. */
const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  px: 1,
  pt: 96 / 72,
  pc: 16,
  in: 96,
  cm: 96 / 2.54,
  mm: 96 / 25.4,
  q: 96 / 101.6,
  em: 16,
  rem: 16,
  ex: 8,
};

/** What a browser gives an image that says nothing about its size. */
const DEFAULT_SIZE_PX: Size = { width: 300, height: 150 };

/** No real drawing is larger; the bound keeps products of two sides exact. */
const MAX_SIDE_PX = 1_000_000;

/**
 * The size of a drawing in CSS pixels (96 to the inch), as browsers find it: `width` and `height`, one that is missing
 * or relative by the ratio of the `viewBox`, both by the `viewBox` itself.
 */
export function drawingSize(attributes: ReadonlyMap<string, string>): Size {
  const [width, height] = [cssPixels(attributes.get('width')), cssPixels(attributes.get('height'))];
  const box = viewBoxSize(attributes.get('viewBox'));
  if (width && height) return whole({ width, height });
  if (!box) return whole({ width: width ?? DEFAULT_SIZE_PX.width, height: height ?? DEFAULT_SIZE_PX.height });
  if (width) return whole({ width, height: (width * box.height) / box.width });
  if (height) return whole({ width: (height * box.width) / box.height, height });
  return whole(box);
}

function cssPixels(length: string | undefined): number | undefined {
  const match = /^\s*\+?(\d*\.?\d+(?:e[+-]?\d{1,3})?)\s*([a-z]*)\s*$/i.exec(length ?? '');
  const pixels = Number(match?.[1]) * (UNITS[match?.[2]?.toLowerCase() ?? ''] ?? Number.NaN);
  return pixels > 0 ? Math.min(pixels, MAX_SIDE_PX) : undefined;
}

function viewBoxSize(viewBox: string | undefined): Size | undefined {
  const [, , width = 0, height = 0] = (viewBox ?? '')
    .trim()
    .split(/[\s,]+/)
    .map(Number);
  return width > 0 && height > 0 && Number.isFinite(width * height) ? { width, height } : undefined;
}

const whole = ({ width, height }: Size): Size => ({ width: wholePixels(width), height: wholePixels(height) });

const wholePixels = (value: number) => Math.min(MAX_SIDE_PX, Math.max(1, Math.round(value)));
