import { runFfprobe } from '../../media/ffmpeg/ffmpeg.js';
import type { Header } from './header.js';
import { PACKET_ARGUMENTS, packetOf } from './packets.js';
import { FrameTimestamps } from './frame-timestamps.js';
import { StreamStatistics } from './stream-statistics.js';
import type { VideoSource } from './video-source.js';

/** What the stored pieces of the video add up to; times in seconds from the start of the file. */
export interface Timeline {
  /** To the end of the last frame or sound. */
  readonly duration: number;
  readonly videoStatistics: StreamStatistics;
  readonly audioStatistics: StreamStatistics;
  readonly frameTimestamps: FrameTimestamps;
}

/** Milliseconds; 200 MB of ordinary video take less than a second. */
const MEASURE_TIMEOUT_MS = 180_000;

/**
 * Measures the video piece by piece without decoding it, since headers are missing in recordings of live streams and
 * wrong in files that were cut off or made to deceive. A file that was cut off lasts as long as what is left of it.
 * @throws ProgramFailure
 */
export async function measureTimeline({ ffprobe, probing }: VideoSource, header: Header): Promise<Timeline> {
  const [videoStatistics, audioStatistics, frameTimestamps] = [
    new StreamStatistics(),
    new StreamStatistics(),
    new FrameTimestamps(),
  ];
  const onLine = (line: string) => {
    const packet = packetOf(line, header.startTime);
    if (packet?.stream === header.videoStream.index) {
      if (videoStatistics.addPacket(packet)) frameTimestamps.addFrame(packet.time ?? 0, packet.key);
    } else if (packet && packet.stream === header.audioStream?.index) {
      audioStatistics.addPacket(packet);
    }
  };
  await runFfprobe(ffprobe, [...PACKET_ARGUMENTS, ...probing], { timeout: MEASURE_TIMEOUT_MS, stdoutLimit: 0, onLine });
  const duration = Math.max(videoStatistics.end, audioStatistics.end);
  return { duration: duration > 0 ? duration : claimed(header), videoStatistics, audioStatistics, frameTimestamps };
}

/** Seconds; a single frame is not believed to last longer. */
const MAX_SINGLE_FRAME_SECONDS = 3600;

/** A single frame without a length of its own lasts as long as the header says. */
function claimed({ duration, videoStream: { frameRate } }: Header): number {
  if (duration !== null && duration > 0 && duration <= MAX_SINGLE_FRAME_SECONDS) return duration;
  return frameRate === null ? 0 : 1 / frameRate;
}
