import type { Feature } from '../../analyzer.js';
import { type DetectedObject, OBJECT_DETECTOR, ObjectDetector } from '../../../vision/objects/object-detector.js';
import type { Raster } from '../../../media/pixels/raster.js';
import { scaledBox } from '../../../media/pixels/scaled-box.js';
import type { DecodedVideo } from '../decoded-video.js';
import { milliseconds } from '../milliseconds.js';

/** What `objects` shows of each key frame. */
interface ObjectsAtTime {
  /** Seconds from the start of the video, as in `keyframes`. */
  readonly time: number;
  /** Boxes in whole pixels of the upright frame. */
  readonly objects: readonly DetectedObject[];
}

export const objects: Feature<DecodedVideo> = {
  name: 'objects',
  description: 'People and things of 80 everyday classes in the key frames',
  default: false,
  models: [OBJECT_DETECTOR],
  run: async (video, context) => {
    const detector = await ObjectDetector.load(context.models);
    const found: ObjectsAtTime[] = [];
    for (const { time, jpeg } of await video.stills()) {
      const still = await decode(jpeg);
      const inStill = await detector.detect(still, video.settings.objectThreshold);
      const inVideo = inStill.map((object) => ({
        ...object,
        box: scaledBox(object.box, still, video.header.videoStream),
      }));
      found.push({ time: milliseconds(time), objects: inVideo });
    }
    return found;
  },
};

async function decode(jpeg: Buffer): Promise<Raster> {
  const { default: sharp } = await import('sharp');
  const { data, info } = await sharp(jpeg).raw().toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height, channels: 3 };
}
