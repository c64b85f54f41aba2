import type { DecodedVideo } from '../decoded-video.js';
import type { FaceCount } from './face-counts.js';
import type { FaceFollower } from './follower.js';
import { readFrames } from './frames.js';
import { SamplingController, type Rate } from './sampling-controller.js';

/** How a video was scanned. */
export interface FaceScan {
  readonly counts: readonly FaceCount[];
  /** Whether there was not the time for as many frames as were asked for. */
  readonly lowered: boolean;
  /** Whether it was gone through to its end. */
  readonly complete: boolean;
}

/** Seconds: a video that is opened again in the middle goes on behind the frame that was seen last. */
const RESUME_OFFSET_SECONDS = 0.0005;

/**
 * Decodes a video and passes its frames to a follower.
 *
 * @param rate frames a second; 0 means every one
 * @param budget milliseconds that it may take
 * @throws ProgramFailure
 */
export async function scanFaces(
  video: DecodedVideo,
  follower: FaceFollower,
  rate: number,
  budget: number,
): Promise<FaceScan> {
  const { source, header, timeline } = video;
  const controller = new SamplingController(timeline.duration, budget);
  const counts: FaceCount[] = [];
  let wanted: Rate = { rate, keyFramesOnly: false };
  let lowered = false;
  for (let from = 0; ;) {
    const slower = await scanAtRate({ ...wanted, from, timeout: budget });
    if (!slower) return { counts, lowered, complete: !controller.isOver };
    [wanted, lowered] = [slower, true];
    from = (counts.at(-1)?.time ?? from) + RESUME_OFFSET_SECONDS;
  }

  /** To the end, or to where it has to go on at a lower rate. */
  async function scanAtRate(
    sampling: Rate & { readonly from: number; readonly timeout: number },
  ): Promise<Rate | null> {
    let slower: Rate | null = null;
    await readFrames(source, header.videoStream, sampling, {
      prescan: (frame) => follower.prescan(frame),
      detect: async (frame, prescanned) => {
        counts.push({ time: frame.time, faces: await follower.detect(frame, prescanned) });
        video.reportFacesFollowed(frame.time);
        if (controller.isOver) return 'enough';
        slower = controller.recordFrame(frame.time, sampling);
        return slower ? 'enough' : 'more';
      },
    });
    return slower;
  }
}
