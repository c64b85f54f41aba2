import { imageFeature } from '../image.feature.js';
import { differenceHash, perceptualHash } from '../../../media/pixels/perceptual-hash.js';

/** dHash (Krawetz, 2013) and pHash (Zauner, 2010) of the upright image on white, 64 bits as 16 hexadecimal digits each. */
export const hash = imageFeature({
  name: 'hash',
  description: 'Perceptual hashes: close for pictures that look alike',
  run: ({ luma }) => ({ dhash: differenceHash(luma), phash: perceptualHash(luma) }),
});
