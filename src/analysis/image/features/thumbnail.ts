import { imageFeature } from '../image.feature.js';
import { loadSharp } from '../../../media/sharp.js';

/** The artifact `thumbnail.jpg`: the upright image, at most 512 px on its longer side, on white. Leaves no key. */
export const thumbnail = imageFeature({
  name: 'thumbnail',
  description: 'A small JPEG of the upright picture',
  run: async ({ preview: { data, width, height } }, context) => {
    const sharp = await loadSharp();
    await sharp(data, { raw: { width, height, channels: 4 } })
      .flatten({ background: 'white' })
      .jpeg({ quality: 80 })
      .toFile(context.artifact('thumbnail.jpg', 'image/jpeg'));
  },
});
