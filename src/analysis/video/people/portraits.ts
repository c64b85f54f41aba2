import type { Box, Raster } from '../../../media/pixels/raster.js';
import { resize } from '../../../media/pixels/resize.js';
import type { Track } from '../../../vision/tracking/track.js';

/** The best picture of somebody. */
export interface Portrait {
  readonly jpeg: Buffer;
  /** In the picture that it was cut out of. */
  readonly box: Box;
  readonly worth: number;
}

/** Side of a portrait in longer sides of the face, and in pixels at most. */
const ROOM = 1.8;
const SIDE = 320;
const QUALITY = 88;

/** A picture has to be so much better to take the place of another. */
const BETTER = 1.15;

/** Keeps the best picture of each track: large, sure, and looking at the camera. */
export class Portraits {
  private readonly best = new Map<Track, Portrait>();

  /** @param frontal 0 for a profile, 1 for a face that looks at the camera */
  async offer(track: Track, picture: Raster, box: Box, frontal: number): Promise<void> {
    const worth = track.score * Math.sqrt(box.width * box.height) * (0.25 + frontal);
    if (worth < BETTER * (this.best.get(track)?.worth ?? 0)) return;
    this.best.set(track, { jpeg: await portrait(picture, box), box, worth });
  }

  /** The best of all that there are of these tracks. */
  of(tracks: readonly Track[]): Portrait | null {
    const all = tracks.flatMap((track) => this.best.get(track) ?? []);
    return all.reduce<Portrait | null>((best, other) => (best && best.worth >= other.worth ? best : other), null);
  }
}

async function portrait(picture: Raster, box: Box): Promise<Buffer> {
  const side = ROOM * Math.max(box.width, box.height);
  const [x, y] = [
    clamp(box.x + box.width / 2 - side / 2, picture.width - 1),
    clamp(box.y + box.height / 2 - side / 2, picture.height - 1),
  ];
  const part = {
    x,
    y,
    width: Math.max(1, Math.min(picture.width - x, Math.round(side))),
    height: Math.max(1, Math.min(picture.height - y, Math.round(side))),
  };
  const scale = Math.min(1, SIDE / Math.max(part.width, part.height));
  const size = { width: Math.ceil(part.width * scale), height: Math.ceil(part.height * scale) };
  const { default: sharp } = await import('sharp');
  const { data, ...raw } = await resize(picture, size, part);
  return sharp(data, { raw }).jpeg({ quality: QUALITY }).toBuffer();
}

const clamp = (value: number, end: number) => Math.max(0, Math.min(end, Math.round(value)));
