import { imageFeature } from '../image.feature.js';
import { quantize } from '../../../media/pixels/quantize.js';
import type { Colour } from '../../../media/pixels/quantize.js';

const MAX_COLOURS = 8;

/**
 * Up to 8 dominant colours (Wu's quantisation, 1991) as `{hex, share}`, shares of 0–1 that add up to 1, and the mean
 * colour, both in sRGB over all pixels that are at least half opaque; none and null when there are no such pixels.
 */
export const colors = imageFeature({
  name: 'colors',
  description: 'Dominant colours with their shares, and the average colour',
  run: ({ preview }) => {
    const { swatches, average } = quantize(preview, MAX_COLOURS);
    return {
      dominant: swatches.map((swatch) => ({ hex: hex(swatch), share: Math.round(swatch.share * 10_000) / 10_000 })),
      average: average && hex(average),
    };
  },
});

const hex = ({ red, green, blue }: Colour) =>
  `#${[red, green, blue].map((level) => Math.round(level).toString(16).padStart(2, '0')).join('')}`;
