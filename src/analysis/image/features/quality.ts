import { imageFeature } from '../image.feature.js';
import { laplacianVariance, levels, moments, shannonEntropy } from '../../../media/pixels/statistics.js';

/**
 * Sharpness as the variance of the Laplacian (Pech-Pacheco et al., 2000) of the image at 512 px on its longer side,
 * brightness as mean luma 0–255, contrast as its standard deviation, entropy in bits per pixel. Smaller images are
 * not enlarged; transparent parts count as white.
 */
export const quality = imageFeature({
  name: 'quality',
  description: 'Sharpness, brightness, contrast and entropy',
  run: ({ luma }) => {
    const counts = levels(luma);
    const { mean, deviation } = moments(counts);
    return {
      sharpness: hundredths(laplacianVariance(luma)),
      brightness: hundredths(mean),
      contrast: hundredths(deviation),
      entropy: hundredths(shannonEntropy(counts)),
    };
  },
});

const hundredths = (value: number) => Math.round(value * 100) / 100;
