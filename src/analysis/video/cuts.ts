import { runFfmpeg } from '../../media/ffmpeg/ffmpeg.js';
import { sizeWithin } from './frame-size.js';
import type { VideoStream } from './streams.js';
import type { VideoSource } from './video-source.js';

/** A frame that starts a new scene. */
export interface Cut {
  /** Seconds from the start of the file. */
  readonly time: number;
  /** How much it differs from the frame before it, 0–1. */
  readonly score: number;
}

/** Video that flickers makes no more scenes than this; the strongest cuts are kept. */
export const MAX_SCENES = 1000;

/** Milliseconds; the time limit of the whole analysis is shorter. */
const CUTS_TIMEOUT_MS = 600_000;

/** Pixels on the longer side on which frames are compared. */
const COMPARISON_SIDE_PX = 320;

/**
 * Decodes the whole video once and compares each frame with the one before it: ffmpeg's scene score, the smaller of
 * the mean absolute difference and its change, in RGB so that a change of hue counts too.
 * @param threshold 0–1
 * @param onProgress takes seconds of video
 * @throws ProgramFailure
 */
export async function findCuts(
  { ffmpeg, input }: VideoSource,
  videoStream: VideoStream,
  threshold: number,
  onProgress: (seconds: number) => void,
): Promise<Cut[]> {
  const reader = new CutReader();
  const { width, height } = sizeWithin({ width: COMPARISON_SIDE_PX, height: COMPARISON_SIDE_PX }, videoStream);
  const filters = [
    `scale=${width}:${height}:flags=fast_bilinear,format=rgb24`,
    // Lets every frame through, so that the clock of the output runs with the video; those that differ are printed.
    String.raw`select=gte(scene\,0)`,
    String.raw`metadata=mode=print:key=lavfi.scene_score:function=greater:value=${threshold}:file=pipe\\:1`,
  ];
  const args = [...decoding, ...input, '-map', `0:${videoStream.index}`, '-vf', filters.join(','), '-f', 'null', '-'];
  await runFfmpeg(ffmpeg, args, { timeout: CUTS_TIMEOUT_MS, stdoutLimit: 0, onProgress, onLine: reader.read });
  return reader.strongest();
}

/** Saves the smoothing of frames that no other depends on. */
const decoding = ['-skip_loop_filter', 'noref'];

/** Reads pairs of lines: `frame:50 pts:25600 pts_time:2`, then `lavfi.scene_score=1.000000`. */
class CutReader {
  private cuts: Cut[] = [];
  private time: number | null = null;

  readonly read = (line: string): void => {
    const time = /^frame:.*\bpts_time:(\d+(?:\.\d+)?)/.exec(line)?.[1];
    if (time !== undefined) this.time = Number(time);
    const score = /^lavfi\.scene_score=(\d\.\d+)$/.exec(line)?.[1];
    if (score === undefined || this.time === null) return;
    this.cuts.push({ time: this.time, score: Number(score) });
    this.time = null;
    if (this.cuts.length > 4 * MAX_SCENES) this.cuts = this.strongest();
  };

  strongest(): Cut[] {
    return this.cuts.sort((a, b) => b.score - a.score).slice(0, MAX_SCENES - 1);
  }
}
