import { videoTooLarge, videoWithoutFrames } from '../analysis.failures.js';
import { shortName, count, finite, type Json, listOf, ratio, recordOf } from './ffprobe-json.js';
import { MAX_PIXELS } from './video-source.js';

/** A stream as ffprobe prints it. */
type StreamDescription = Record<string, Json | undefined>;

/** The stream of frames, as the file describes it. */
export interface VideoStream {
  readonly index: number;
  readonly codec: string;
  /** Pixels of the frame after turning it upright. */
  readonly width: number;
  readonly height: number;
  /** Degrees, 0–359, that the stored frame is turned clockwise to stand upright. */
  readonly rotation: number;
  /** Frames a second that the file claims on average. */
  readonly frameRate: number | null;
  /** Width of one pixel of the upright frame divided by its height. */
  readonly pixelAspect: number;
  /** What its luma and chroma are made of, by ffmpeg's name, such as `bt709`. */
  readonly colorSpace: string;
}

export interface AudioStream {
  readonly index: number;
  readonly codec: string;
  /** Hertz. */
  readonly sampleRate: number | null;
  readonly channels: number | null;
}

/** Frames a second that are believed: from one in an hour to those of a high-speed camera. */
const PLAUSIBLE_FPS = { from: 1 / 3600, to: 1000 };

/** Shapes of pixels that are believed; anything beyond is a damaged header. */
const MAX_PIXEL_ASPECT = 4;

/**
 * The stream that a player would show: marked as default before the others, then the one with the most pixels. Cover
 * frames and preview thumbnails are no video.
 * @throws WorkFailure when there is none, or when it is larger than is decoded
 */
export function selectVideoStream(streams: readonly StreamDescription[]): VideoStream {
  const candidates = streams.filter(
    (stream) => stream.codec_type === 'video' && !isCover(stream) && pixels(stream) > 0,
  );
  const [shown] = candidates.sort((a, b) => rank(b) - rank(a) || pixels(b) - pixels(a));
  if (!shown) throw videoWithoutFrames();
  if (pixels(shown) > MAX_PIXELS) throw videoTooLarge(Math.floor(MAX_PIXELS / 1e6));
  const rotation = rotationOf(shown);
  const [width, height, aspect] = [count(shown.width, 65_535) ?? 0, count(shown.height, 65_535) ?? 0, aspectOf(shown)];
  const lying = rotation % 180 === 90;
  return {
    index: finite(shown.index) ?? 0,
    codec: shortName(shown.codec_name),
    width: lying ? height : width,
    height: lying ? width : height,
    rotation,
    frameRate: frameRateOf(shown),
    pixelAspect: lying ? 1 / aspect : aspect,
    colorSpace: shortName(shown.color_space),
  };
}

/** The sound that a player would play; null when the video is silent. */
export function selectAudioStream(streams: readonly StreamDescription[]): AudioStream | null {
  const [played] = streams.filter((stream) => stream.codec_type === 'audio').sort((a, b) => rank(b) - rank(a));
  if (!played) return null;
  return {
    index: finite(played.index) ?? 0,
    codec: shortName(played.codec_name),
    sampleRate: count(played.sample_rate, 10_000_000),
    channels: count(played.channels, 1024),
  };
}

const rank = (stream: StreamDescription) => finite(recordOf(stream.disposition).default) ?? 0;

const pixels = (stream: StreamDescription) => (finite(stream.width) ?? 0) * (finite(stream.height) ?? 0);

function isCover(stream: StreamDescription): boolean {
  const { attached_pic: cover, timed_thumbnails: thumbnails } = recordOf(stream.disposition);
  return cover === 1 || thumbnails === 1;
}

/** ffprobe prints how far the frame is turned counterclockwise. */
function rotationOf(stream: StreamDescription): number {
  const turns = listOf(stream.side_data_list).map((data) => finite(recordOf(data).rotation));
  const counterclockwise = Math.round(turns.find((turn) => turn !== null) ?? 0);
  return ((-counterclockwise % 360) + 360) % 360;
}

function frameRateOf(stream: StreamDescription): number | null {
  const rate = ratio(stream.avg_frame_rate, '/');
  return rate !== null && rate >= PLAUSIBLE_FPS.from && rate <= PLAUSIBLE_FPS.to ? rate : null;
}

function aspectOf(stream: StreamDescription): number {
  const aspect = ratio(stream.sample_aspect_ratio, ':') ?? 1;
  return aspect > MAX_PIXEL_ASPECT || aspect < 1 / MAX_PIXEL_ASPECT ? 1 : aspect;
}
