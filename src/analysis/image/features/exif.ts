import { imageFeature } from '../image.feature.js';
import { readExifTags } from '../../../media/metadata/exif-tags.js';

/** Camera, lens, exposure, time and place as the camera wrote them; null when the file carries none. */
export const exif = imageFeature({
  name: 'exif',
  description: 'What the camera recorded: device, exposure, time and place',
  run: ({ exif: block }) => (block === null ? null : readExifTags(block)),
});
