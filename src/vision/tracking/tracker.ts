import type { Detection } from '../faces/detection/face-detector.js';
import { intersectionOverUnion } from '../overlap.js';
import { FaceTrack } from './track.js';

/** Scores from which a detection may start a track, and from which it may go on with one. */
const MIN_SURE_SCORE = 0.65;

/** How much a detection must overlap with where a face is expected; the unsure more. */
const MIN_OVERLAP_SHARE = { sure: 0.2, unsure: 0.45 };

/** Seconds for which a face that is not found is still expected. */
const MAX_GAP_SECONDS = 1;

/** A track and what continues it. */
export interface Match {
  readonly track: FaceTrack;
  readonly detection: Detection;
  /** How much the detection overlaps with where the face was expected, 0–1. */
  readonly overlap: number;
}

/**
 * Follows faces by the association of ByteTrack (Zhang et al., 2022): sure detections are given to tracks first, those
 * left over then go on with unsure ones, which never start a track. Faces are expected at constant speed instead of by
 * a Kalman filter, and pairs are taken greedily by overlap, since faces in an image are few and far apart.
 */
export class FaceTracker {
  private followed: FaceTrack[] = [];

  /** Faces that are expected at that time; those waited for too long are given up. */
  expectedTracks(time: number): readonly FaceTrack[] {
    this.followed = this.followed.filter(({ lastSeen }) => time - lastSeen <= MAX_GAP_SECONDS);
    return this.followed;
  }

  /** Gives each detection to the track that it continues; what is left over and sure may be a new person. */
  associate(time: number, detections: readonly Detection[]): { matches: Match[]; strangers: Detection[] } {
    const isSure = ({ score }: Detection) => score >= MIN_SURE_SCORE;
    const tracks = [...this.expectedTracks(time)];
    const [sure, unsure] = [detections.filter(isSure), detections.filter((detection) => !isSure(detection))];
    const first = pairs(time, tracks, sure, MIN_OVERLAP_SHARE.sure);
    const second = pairs(time, first.tracks, unsure, MIN_OVERLAP_SHARE.unsure);
    const matches = [...first.matches, ...second.matches];
    for (const { track, detection } of matches) track.update(time, detection);
    return { matches, strangers: first.detections };
  }

  startTrack(time: number, detection: Detection): FaceTrack {
    const track = new FaceTrack(time, detection);
    this.followed.push(track);
    return track;
  }

  endTrack(track: FaceTrack): void {
    this.followed = this.followed.filter((other) => other !== track);
  }

  /** Ends all tracks, since after a cut no position holds. */
  endAllTracks(): void {
    this.followed = [];
  }
}

/** The pairs that overlap most, and what is left unmatched. */
function pairs(time: number, tracks: readonly FaceTrack[], detections: readonly Detection[], least: number) {
  const candidates = tracks
    .flatMap((track) =>
      detections.map((detection) => ({ track, detection, overlap: overlapOf(time, track, detection) })),
    )
    .filter(({ overlap }) => overlap >= least)
    .sort((one, other) => other.overlap - one.overlap);
  const matches: Match[] = [];
  const taken = new Set<FaceTrack | Detection>();
  for (const { track, detection, overlap } of candidates) {
    if (taken.has(track) || taken.has(detection)) continue;
    taken.add(track).add(detection);
    matches.push({ track, detection, overlap });
  }
  return {
    matches,
    tracks: tracks.filter((track) => !taken.has(track)),
    detections: detections.filter((detection) => !taken.has(detection)),
  };
}

/** A face that stopped is not punished for having moved. */
const overlapOf = (time: number, track: FaceTrack, { box }: Detection) =>
  Math.max(intersectionOverUnion(track.expectedAt(time), box), intersectionOverUnion(track.box, box));
