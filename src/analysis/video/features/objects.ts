import type { Feature } from '../../analyzer.js';
import { type DetectedObject, OBJECT_DETECTOR, ObjectDetector } from '../../../vision/objects/object-detector.js';
import type { Raster } from '../../../media/pixels/raster.js';
import { scaledBox } from '../../../media/pixels/scaled-box.js';
import type { DecodedVideo } from '../decoded-video.js';
import { milliseconds } from '../milliseconds.js';

/** What `objects` shows of each key frame. */
interface ObjectsAtTime {
  /** Seconds from the start of the film, as in `keyframes`. */
  readonly time: number;
  /** Boxes in whole pixels of the upright picture. */
  readonly objects: readonly DetectedObject[];
}

export const objects: Feature<DecodedVideo> = {
  name: 'objects',
  description: 'People and things of 80 everyday classes in the key frames',
  default: false,
  models: [OBJECT_DETECTOR],
  run: async (film, context) => {
    const detector = await ObjectDetector.load(context.models);
    const found: ObjectsAtTime[] = [];
    for (const { time, jpeg } of await film.stills()) {
      const still = await decode(jpeg);
      const inStill = await detector.detect(still, film.settings.objectThreshold);
      const inFilm = inStill.map((object) => ({ ...object, box: scaledBox(object.box, still, film.header.picture) }));
      found.push({ time: milliseconds(time), objects: inFilm });
    }
    return found;
  },
};

async function decode(jpeg: Buffer): Promise<Raster> {
  const { default: sharp } = await import('sharp');
  const { data, info } = await sharp(jpeg).raw().toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height, channels: 3 };
}
