import { runFfprobe } from '../../media/ffmpeg/ffmpeg.js';
import type { Header } from './header.js';
import { PACKET_ARGUMENTS, packetOf } from './packets.js';
import { PictureTimes } from './picture-times.js';
import { Track } from './track.js';
import type { VideoSource } from './video-source.js';

/** What the stored pieces of the film add up to; times in seconds from the start of the file. */
export interface Timeline {
  /** To the end of the last picture or sound. */
  readonly duration: number;
  readonly pictures: Track;
  readonly sounds: Track;
  readonly pictureTimes: PictureTimes;
}

/** Milliseconds; 200 MB of ordinary film take less than a second. */
const TIMEOUT = 180_000;

/**
 * Measures the film piece by piece without decoding it, since headers are missing in recordings of live streams and
 * wrong in files that were cut off or made to deceive. A file that was cut off lasts as long as what is left of it.
 * @throws ProgramFailure
 */
export async function measure({ ffprobe, probing }: VideoSource, header: Header): Promise<Timeline> {
  const [pictures, sounds, pictureTimes] = [new Track(), new Track(), new PictureTimes()];
  const onLine = (line: string) => {
    const packet = packetOf(line, header.startTime);
    if (packet?.stream === header.picture.index) {
      if (pictures.add(packet)) pictureTimes.add(packet.time ?? 0, packet.key);
    } else if (packet && packet.stream === header.sound?.index) {
      sounds.add(packet);
    }
  };
  await runFfprobe(ffprobe, [...PACKET_ARGUMENTS, ...probing], { timeout: TIMEOUT, stdoutLimit: 0, onLine });
  const duration = Math.max(pictures.end, sounds.end);
  return { duration: duration > 0 ? duration : claimed(header), pictures, sounds, pictureTimes };
}

/** Seconds; a single picture is not believed to last longer. */
const LONGEST_PICTURE = 3600;

/** A single picture without a length of its own lasts as long as the header says. */
function claimed({ duration, picture: { frameRate } }: Header): number {
  if (duration !== null && duration > 0 && duration <= LONGEST_PICTURE) return duration;
  return frameRate === null ? 0 : 1 / frameRate;
}
