import type { Feature } from '../../analyzer.js';
import type { DecodedVideo } from '../decoded-video.js';
import { milliseconds } from '../milliseconds.js';

/** Share by which measuring may differ from the header: stored times are rounded, and an AVI may start with a gap. */
const FRAME_RATE_TOLERANCE_SHARE = 0.05;

/** What `video` shows. */
interface VideoFacts {
  /** Seconds, measured to the end of the last picture or sound. */
  readonly duration: number;
  /** Pixels of the upright picture. */
  readonly width: number;
  readonly height: number;
  /** Pictures a second, on average; null for a single picture. */
  readonly fps: number | null;
  readonly frames: number;
  readonly codec: string;
  /** Bits a second of the pictures, on average. */
  readonly bit_rate: number | null;
  /** Degrees, 0–359, that a player turns the stored picture clockwise. */
  readonly rotation: number;
  readonly container: string;
}

export const video: Feature<DecodedVideo> = {
  name: 'video',
  description: 'Duration, size, frame rate, codec and rotation',
  default: true,
  run: ({ source, header: { picture }, timeline: { duration, pictures } }) =>
    Promise.resolve<VideoFacts>({
      duration: milliseconds(duration),
      width: picture.width,
      height: picture.height,
      fps: frameRate(pictures.rate, picture.frameRate),
      frames: pictures.packets,
      codec: picture.codec,
      bit_rate: pictures.bitRate,
      rotation: picture.rotation,
      container: source.container.name,
    }),
};

/** The header's number is exact where it is true. */
function frameRate(measured: number | null, claimed: number | null): number | null {
  const honest =
    claimed !== null && (measured === null || Math.abs(claimed / measured - 1) <= FRAME_RATE_TOLERANCE_SHARE);
  const rate = honest ? claimed : measured;
  return rate === null ? null : milliseconds(rate);
}
