import type { Box, Raster } from '../../../media/pixels/raster.js';
import { resize } from '../../../media/pixels/resize.js';
import type { FaceTrack } from '../../../vision/tracking/track.js';

/** The best image of a person. */
export interface Portrait {
  readonly jpeg: Buffer;
  /** In the frame that it was cut out of. */
  readonly box: Box;
  readonly quality: number;
}

/** Side of a portrait in longer sides of the face, and in pixels at most. */
const CROP_FACTOR = 1.8;
const MAX_SIDE_PX = 320;
const JPEG_QUALITY = 88;

/** A frame has to be so much better to take the place of another. */
const MIN_IMPROVEMENT_FACTOR = 1.15;

/** Keeps the best frame of each track: large, sure, and looking at the camera. */
export class Portraits {
  private readonly best = new Map<FaceTrack, Portrait>();

  /** @param frontal 0 for a profile, 1 for a face that looks at the camera */
  async offer(track: FaceTrack, image: Raster, box: Box, frontal: number): Promise<void> {
    const quality = track.score * Math.sqrt(box.width * box.height) * (0.25 + frontal);
    if (quality < MIN_IMPROVEMENT_FACTOR * (this.best.get(track)?.quality ?? 0)) return;
    this.best.set(track, { jpeg: await portrait(image, box), box, quality });
  }

  /** The best of all that there are of these tracks. */
  bestOf(tracks: readonly FaceTrack[]): Portrait | null {
    const all = tracks.flatMap((track) => this.best.get(track) ?? []);
    return all.reduce<Portrait | null>((best, other) => (best && best.quality >= other.quality ? best : other), null);
  }
}

async function portrait(image: Raster, box: Box): Promise<Buffer> {
  const side = CROP_FACTOR * Math.max(box.width, box.height);
  const [x, y] = [
    clamp(box.x + box.width / 2 - side / 2, image.width - 1),
    clamp(box.y + box.height / 2 - side / 2, image.height - 1),
  ];
  const part = {
    x,
    y,
    width: Math.max(1, Math.min(image.width - x, Math.round(side))),
    height: Math.max(1, Math.min(image.height - y, Math.round(side))),
  };
  const scale = Math.min(1, MAX_SIDE_PX / Math.max(part.width, part.height));
  const size = { width: Math.ceil(part.width * scale), height: Math.ceil(part.height * scale) };
  const { default: sharp } = await import('sharp');
  const { data, ...raw } = await resize(image, size, part);
  return sharp(data, { raw }).jpeg({ quality: JPEG_QUALITY }).toBuffer();
}

const clamp = (value: number, end: number) => Math.max(0, Math.min(end, Math.round(value)));
