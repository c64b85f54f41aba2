import type { Film } from '../film.js';
import type { Count } from './face-counts.js';
import type { Follower } from './follower.js';
import { readFrames } from './frames.js';
import { Pace, type Rate } from './pace.js';

/** How a film was looked at. */
export interface Survey {
  readonly counts: readonly Count[];
  /** Whether there was not the time for as many pictures as were asked for. */
  readonly lowered: boolean;
  /** Whether it was gone through to its end. */
  readonly complete: boolean;
}

/** Seconds: a film that is opened again in the middle goes on behind the picture that was seen last. */
const BEHIND = 0.0005;

/**
 * Goes through a film and lets a follower look at its pictures.
 *
 * @param rate pictures a second; 0 means every one
 * @param budget milliseconds that it may take
 * @throws ProgramFailure
 */
export async function survey(film: Film, follower: Follower, rate: number, budget: number): Promise<Survey> {
  const { source, header, timeline } = film;
  const pace = new Pace(timeline.duration, budget);
  const counts: Count[] = [];
  let wanted: Rate = { rate, keyFramesOnly: false };
  let lowered = false;
  for (let from = 0; ;) {
    const slower = await goThrough({ ...wanted, from, timeout: budget });
    if (!slower) return { counts, lowered, complete: !pace.isOver };
    [wanted, lowered] = [slower, true];
    from = (counts.at(-1)?.time ?? from) + BEHIND;
  }

  /** To the end, or to where it has to go on at a lower rate. */
  async function goThrough(sampling: Rate & { readonly from: number; readonly timeout: number }): Promise<Rate | null> {
    let slower: Rate | null = null;
    await readFrames(source, header.picture, sampling, {
      glance: (frame) => follower.glance(frame),
      look: async (frame, glanced) => {
        counts.push({ time: frame.time, faces: await follower.look(frame, glanced) });
        film.facesFollowed(frame.time);
        if (pace.isOver) return 'enough';
        slower = pace.looked(frame.time, sampling);
        return slower ? 'enough' : 'more';
      },
    });
    return slower;
  }
}
