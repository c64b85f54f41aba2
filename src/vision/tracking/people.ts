import { cosine } from '../faces/embedding/cosine.js';
import { Gallery } from '../faces/embedding/gallery.js';
import type { FaceTrack } from './track.js';

/** Tracks that are compared with each other at most; the rest, the shortest, stay by themselves. */
const MAX_COMPARED_TRACKS = 1000;

/** The tracks of one person, in order of time. */
export type Person = readonly FaceTrack[];

/**
 * Puts the tracks of one person together, who may have left and returned: agglomerative clustering, the likeliest pairs
 * first, of groups whose mean embeddings are alike. A person is in one place at a time, so tracks that overlap in time are
 * two people's.
 *
 * @param same cosine from which two are taken for one person
 * @returns people in the order in which they were first seen
 */
export function peopleOf(tracks: readonly FaceTrack[], same: number): Person[] {
  const longest = [...tracks].sort((one, other) => other.frames - one.frames || one.firstSeen - other.firstSeen);
  const groupOf = new Map(longest.map((track) => [track, new Group([track], track.embedding)]));
  for (const [one, other] of similarPairs(longest.slice(0, MAX_COMPARED_TRACKS), same)) {
    const [mine, theirs] = [groupOf.get(one), groupOf.get(other)];
    if (!mine || !theirs || mine === theirs || mine.similarity(theirs) < same || mine.overlapsInTime(theirs)) continue;
    const group = mine.mergedWith(theirs);
    for (const track of group.tracks) groupOf.set(track, group);
  }
  return [...new Set(groupOf.values())]
    .map((group) => [...group.tracks].sort((one, other) => one.firstSeen - other.firstSeen))
    .sort(([one], [other]) => (one?.firstSeen ?? 0) - (other?.firstSeen ?? 0));
}

class Group {
  constructor(
    readonly tracks: readonly FaceTrack[],
    private readonly embedding: Float32Array | null,
  ) {}

  similarity({ embedding }: Group): number {
    return this.embedding && embedding ? cosine(this.embedding, embedding) : -1;
  }

  /** Whether both were seen at once. */
  overlapsInTime({ tracks }: Group): boolean {
    return this.tracks.some((mine) =>
      tracks.some((theirs) => mine.firstSeen <= theirs.lastSeen && theirs.firstSeen <= mine.lastSeen),
    );
  }

  /** Those that were seen longer count for more. */
  mergedWith(other: Group): Group {
    const [mine, theirs] = [this.frames, other.frames];
    const sum = this.embedding?.map((value, index) => value * mine + (other.embedding?.[index] ?? 0) * theirs);
    const length = Math.hypot(...(sum ?? []));
    return new Group([...this.tracks, ...other.tracks], sum?.map((value) => value / length) ?? null);
  }

  private get frames(): number {
    return this.tracks.reduce((sum, { frames }) => sum + frames, 0);
  }
}

/** Pairs that may be one person's, the likeliest first. */
function similarPairs(tracks: readonly FaceTrack[], same: number): (readonly [FaceTrack, FaceTrack])[] {
  const known = tracks.flatMap((track) => (track.embedding ? [{ track, embedding: track.embedding }] : []));
  const gallery = Gallery.of(known.map(({ embedding }) => embedding));
  const pairs: { readonly pair: readonly [FaceTrack, FaceTrack]; readonly likeness: number }[] = [];
  for (const [index, one] of known.entries())
    for (const [place, likeness] of gallery.cosines(one.embedding).entries()) {
      const other = known[place];
      if (other && place > index && likeness >= same) pairs.push({ pair: [one.track, other.track], likeness });
    }
  return pairs.sort((one, other) => other.likeness - one.likeness).map(({ pair }) => pair);
}
