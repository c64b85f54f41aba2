import { type RunLimits, runProgram } from './program.js';

export interface FfmpegRun extends Pick<RunLimits, 'timeout' | 'stdoutLimit' | 'signal' | 'onLine' | 'reader'> {
  /** Takes the lines that a filter writes to `pipe:3`; there is no progress then. */
  readonly onFilterLine?: (line: string) => void;
  /** Takes the time of the video, in seconds, that the output has come to. */
  readonly onProgress?: (seconds: number) => void;
}

/** Bytes of one allocated block; a frame of the largest video accepted needs a quarter of it. */
const MAX_BLOCK_BYTES = 512 * 1024 * 1024;

const common = ['-hide_banner', '-v', 'error', '-max_alloc', String(MAX_BLOCK_BYTES)];

/** Asks nothing, passes damaged images over however many they are, and keeps to one core besides the decoder's. */
const calm = ['-nostdin', '-max_error_rate', '1', '-filter_threads', '1'];

const reporting = ['-progress', 'pipe:3', '-stats_period', '0.5'];

/**
 * Runs ffmpeg on local input; resolves to what it wrote to `pipe:1`.
 * @throws ProgramFailure
 */
export function runFfmpeg(ffmpeg: string, args: readonly string[], run: FfmpegRun): Promise<Buffer> {
  const { onProgress, onFilterLine, ...limits } = run;
  const options = [...common, ...calm, ...cpuTime(run.timeout), ...(onProgress ? reporting : [])];
  return runProgram(ffmpeg, [...options, ...args], {
    ...limits,
    onWatchLine: onProgress ? progressReader(onProgress) : onFilterLine,
  });
}

/**
 * Runs ffprobe on local input; resolves to what it printed.
 * @throws ProgramFailure
 */
export function runFfprobe(ffprobe: string, args: readonly string[], limits: RunLimits): Promise<Buffer> {
  return runProgram(ffprobe, [...common, ...args], limits);
}

/** Ends ffmpeg by itself, should everyone who could kill it be gone: its time limit on four cores. */
const cpuTime = (milliseconds: number) => ['-timelimit', String(Math.ceil(milliseconds / 250))];

/** Reads ffmpeg's own reports: `out_time_us=4000000`, or `N/A` as long as nothing came out. */
function progressReader(onProgress: (seconds: number) => void): (line: string) => void {
  return (line) => {
    const microseconds = /^out_time_us=(\d{1,15})$/.exec(line)?.[1];
    if (microseconds !== undefined) onProgress(Number(microseconds) / 1e6);
  };
}
