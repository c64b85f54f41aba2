import type { Feature } from '../../analyzer.js';
import {
  type DetectedObject,
  OBJECT_DETECTOR,
  ObjectDetector,
  objectThreshold,
} from '../../vision/objects/object-detector.js';
import type { Box, Raster } from '../../vision/raster.js';
import type { Film } from '../film.js';
import { milliseconds } from '../milliseconds.js';
import type { Size } from '../picture-size.js';

/** What `objects` shows of each key frame. */
interface ObjectsAtTime {
  /** Seconds from the start of the film, as in `keyframes`. */
  readonly time: number;
  /** Boxes in whole pixels of the upright picture. */
  readonly objects: readonly DetectedObject[];
}

export const objects: Feature<Film> = {
  name: 'objects',
  description: 'People and things of 80 everyday classes in the key frames',
  default: false,
  models: [OBJECT_DETECTOR],
  run: async (film, context) => {
    const detector = await ObjectDetector.load(context.models);
    const leastScore = Number(film.options[objectThreshold.name] ?? objectThreshold.default);
    const found: ObjectsAtTime[] = [];
    for (const { time, jpeg } of await film.stills()) {
      const still = await decode(jpeg);
      const inStill = await detector.find(still, leastScore);
      const inFilm = inStill.map((object) => ({ ...object, box: scaled(object.box, still, film.header.picture) }));
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

function scaled({ x, y, width, height }: Box, from: Size, to: Size): Box {
  const [across, along] = [to.width / from.width, to.height / from.height];
  const [left, top] = [Math.floor(x * across), Math.floor(y * along)];
  const [right, bottom] = [Math.ceil((x + width) * across), Math.ceil((y + height) * along)];
  return { x: left, y: top, width: Math.min(right, to.width) - left, height: Math.min(bottom, to.height) - top };
}
