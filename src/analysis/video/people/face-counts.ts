import { milliseconds } from '../milliseconds.js';

/** How many faces were seen when, in seconds from the start of the video. */
export interface FaceCount {
  readonly time: number;
  readonly faces: number;
}

/** Entries that are shown at most. */
const MAX_ENTRIES = 2000;

/** One entry a frame; of long videos one for several, with the most faces of any of them. */
export function thinned(counts: readonly FaceCount[], most = MAX_ENTRIES): FaceCount[] {
  const size = Math.max(1, Math.ceil(counts.length / most));
  return Array.from({ length: Math.ceil(counts.length / size) }, (_, index) => {
    const part = counts.slice(index * size, (index + 1) * size);
    return { time: milliseconds(part[0]?.time ?? 0), faces: Math.max(...part.map(({ faces }) => faces)) };
  });
}
