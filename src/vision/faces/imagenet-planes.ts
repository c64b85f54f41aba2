import type { Raster } from '../../media/pixels/raster.js';

/** Mean and deviation of red, green and blue over ImageNet, as networks that were first trained on it expect. */
const MEANS = [0.485, 0.456, 0.406] as const;
const DEVIATIONS = [0.229, 0.224, 0.225] as const;

/** Red, green and blue one after the other, normalized as for ImageNet. */
export function imagenetPlanes({ data, width, height }: Raster): Float32Array {
  const plane = width * height;
  const input = new Float32Array(3 * plane);
  for (const [channel, mean] of MEANS.entries())
    for (let to = 0, from = channel; to < plane; to++, from += 3)
      input[to + channel * plane] = ((data[from] ?? 0) / 255 - mean) / (DEVIATIONS[channel] ?? 1);
  return input;
}
