import { runFfprobe } from '../../media/ffmpeg/ffmpeg.js';
import { finite, type Json, listOf, recordOf } from './ffprobe-json.js';
import { type VideoStream, selectVideoStream, type AudioStream, selectAudioStream } from './streams.js';
import type { VideoSource } from './video-source.js';

export interface Header {
  /** Seconds on the file's own clock at which it starts. */
  readonly startTime: number;
  /** Seconds that the file claims to last. */
  readonly duration: number | null;
  readonly videoStream: VideoStream;
  readonly audioStream: AudioStream | null;
}

/** Milliseconds; ffprobe reads no more than the first five megabytes. */
const HEADER_TIMEOUT_MS = 60_000;

/** Bytes of JSON: a few hundred for each of at most a hundred streams. */
const MAX_STDOUT_BYTES = 1024 * 1024;

const ENTRIES = [
  'format=start_time,duration',
  'stream=index,codec_type,codec_name,width,height,sample_aspect_ratio,color_space,avg_frame_rate,sample_rate,channels',
  'stream_disposition=default,attached_pic,timed_thumbnails',
  'stream_side_data=rotation',
].join(':');

/**
 * What the file says of itself.
 * @throws ProgramFailure when it has no header that can be read
 * @throws WorkFailure when there is no stream of frames, or one too large
 */
export async function readHeader({ ffprobe, probing }: VideoSource): Promise<Header> {
  const limits = { timeout: HEADER_TIMEOUT_MS, stdoutLimit: MAX_STDOUT_BYTES };
  const printed = await runFfprobe(ffprobe, ['-show_entries', ENTRIES, '-of', 'json', ...probing], limits);
  const { format, streams } = recordOf(JSON.parse(printed.toString('utf8')) as Json);
  const described = listOf(streams).map(recordOf);
  return {
    startTime: finite(recordOf(format).start_time) ?? 0,
    duration: finite(recordOf(format).duration),
    videoStream: selectVideoStream(described),
    audioStream: selectAudioStream(described),
  };
}
