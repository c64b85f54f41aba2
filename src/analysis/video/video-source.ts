import { videoUnreadable } from '../analysis.failures.js';
import type { AnalysisContext, AnalysisTask } from '../analyzer.js';
import { localInput } from '../../media/ffmpeg/local-input.js';
import { type Container, containers } from './containers.js';

/** 8192 × 4352, the largest frame of H.264 and HEVC at level 6. */
export const MAX_PIXELS = 8192 * 4352;

/** ffprobe measures larger frames too, so that they are refused for their size and not for an unknown reason. */
const MAX_PROBED_PIXELS = 4 * MAX_PIXELS;

/** Frames decoded at once; the other cores belong to other analyses. */
const DECODER_THREADS = 2;

/** A video file and the programs that can read it. */
export interface VideoSource {
  readonly container: Container;
  /** Arguments that open the file for ffmpeg. */
  readonly input: readonly string[];
  /** Arguments that open the file for ffprobe. */
  readonly probing: readonly string[];
  readonly ffmpeg: string;
  readonly ffprobe: string;
  /** Where files may be made while the video is read. */
  readonly workDirectory: string;
}

/** @throws WorkFailure for a type of file that is none of the seven. */
export function videoSource(
  { path, mediaType }: AnalysisTask,
  { ffmpeg, workDirectory }: AnalysisContext,
): VideoSource {
  const container = containers.get(mediaType);
  if (!container) throw videoUnreadable();
  const file = { path, demuxer: container.demuxer, options: container.demuxerOptions };
  return {
    container,
    input: localInput({ ...file, maxPixels: MAX_PIXELS, threads: DECODER_THREADS }),
    probing: localInput({ ...file, maxPixels: MAX_PROBED_PIXELS, threads: 1 }),
    ...ffmpeg,
    workDirectory,
  };
}
