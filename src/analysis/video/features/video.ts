import type { Feature } from '../../analyzer.js';
import type { DecodedVideo } from '../decoded-video.js';
import { milliseconds } from '../milliseconds.js';

/** Share by which measuring may differ from the header: stored times are rounded, and an AVI may start with a gap. */
const FRAME_RATE_TOLERANCE_SHARE = 0.05;

/** What `video` shows. */
interface VideoFacts {
  /** Seconds, measured to the end of the last frame or sound. */
  readonly duration: number;
  /** Pixels of the upright frame. */
  readonly width: number;
  readonly height: number;
  /** Frames a second, on average; null for a single frame. */
  readonly fps: number | null;
  readonly frames: number;
  readonly codec: string;
  /** Bits a second of the frames, on average. */
  readonly bit_rate: number | null;
  /** Degrees, 0–359, that a player turns the stored frame clockwise. */
  readonly rotation: number;
  readonly container: string;
}

export const video: Feature<DecodedVideo> = {
  name: 'video',
  description: 'Duration, size, frame rate, codec and rotation',
  default: true,
  run: ({ source, header: { videoStream }, timeline: { duration, videoStatistics } }) =>
    Promise.resolve<VideoFacts>({
      duration: milliseconds(duration),
      width: videoStream.width,
      height: videoStream.height,
      fps: frameRate(videoStatistics.rate, videoStream.frameRate),
      frames: videoStatistics.packets,
      codec: videoStream.codec,
      bit_rate: videoStatistics.bitRate,
      rotation: videoStream.rotation,
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
