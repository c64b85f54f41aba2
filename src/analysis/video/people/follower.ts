import { cosine } from '../../../vision/faces/embedding/cosine.js';
import { FaceCrop } from '../../../vision/faces/face-crop.js';
import { type Detection, FaceDetector } from '../../../vision/faces/detection/face-detector.js';
import { FaceEmbedder } from '../../../vision/faces/embedding/face-embedder.js';
import { FaceLandmarks } from '../../../vision/faces/face-landmarks.js';
import { frontality } from '../../../vision/faces/frontal.js';
import { verifyFace } from '../../../vision/faces/detection/verify-face.js';
import { type Person, peopleOf } from '../../../vision/tracking/people.js';
import type { FaceTrack } from '../../../vision/tracking/track.js';
import { FaceTracker } from '../../../vision/tracking/tracker.js';
import { prescanFrame, detectInFrame, isSmall } from './frame-faces.js';
import type { Frame } from './frames.js';
import { Portraits } from './portraits.js';
import { RejectedRegions } from './rejected-regions.js';
import { SceneChange } from './scene-change.js';

/** Models that people are followed with. */
export const FOLLOWING_MODELS = ['face-detector', 'face-landmarks', 'face-embedder'] as const;

/**
 * Seconds of video between two detections in all of a frame for small faces: often while there are any, seldom where there
 * were none the last times.
 */
const SEARCH_SECONDS = { least: 1, most: 4 };

/** A face that overlaps less with where it was expected may be another's. */
const MIN_CERTAIN_OVERLAP = 0.4;

/** Cosine below which the one who is followed has become another person: two passed each other. */
const MIN_SAME_PERSON_COSINE = 0.15;

/** Follows the faces of a video, frame by frame. */
export class FaceFollower {
  readonly portraits = new Portraits();
  private readonly tracker = new FaceTracker();
  private readonly change = new SceneChange();
  private readonly rejected = new RejectedRegions();
  private readonly tracks: FaceTrack[] = [];
  private searchedAt = -Infinity;
  private searchInterval = SEARCH_SECONDS.least;

  private constructor(
    private readonly detector: FaceDetector,
    private readonly landmarks: FaceLandmarks,
    private readonly embedder: FaceEmbedder,
    private readonly sceneThreshold: number,
  ) {}

  /**
   * @param sceneThreshold 0–1, above which a change of the frame is a cut, which ends all tracks
   * @throws WorkFailure `model_unavailable`
   */
  static async load(models: string, sceneThreshold: number): Promise<FaceFollower> {
    return new FaceFollower(
      await FaceDetector.load(models),
      await FaceLandmarks.load(models),
      await FaceEmbedder.load(models),
      sceneThreshold,
    );
  }

  /** What of a frame does not depend on those before it. */
  prescan(frame: Frame): Promise<Detection[]> {
    return prescanFrame(this.detector, frame);
  }

  /** Detects and follows the faces of the next frame; returns how many faces are in it. */
  async detect(frame: Frame, prescanned: readonly Detection[]): Promise<number> {
    const cut = this.change.next(frame.sample) > this.sceneThreshold;
    if (cut) this.tracker.endAllTracks();
    const everywhere = cut || frame.time - this.searchedAt >= this.searchInterval;
    const expected = this.tracker.expectedTracks(frame.time).map((track) => track.expectedAt(frame.time));
    const found = await detectInFrame(this.detector, frame, prescanned, expected, everywhere);
    const { matches, strangers } = this.tracker.associate(frame.time, found);
    for (const { track, overlap } of matches)
      if (overlap < MIN_CERTAIN_OVERLAP || track.isComparisonDue(frame.time)) await this.compare(track, frame);
    let faces = matches.length;
    for (const stranger of strangers) if (await this.verifyNew(stranger, frame)) faces += 1;
    if (everywhere) this.planSearch(frame.time);
    return faces;
  }

  private planSearch(time: number): void {
    const { least, most } = SEARCH_SECONDS;
    this.searchedAt = time;
    const areThere = this.tracker.expectedTracks(time).some(({ box }) => isSmall(box));
    this.searchInterval = areThere ? least : Math.min(most, 2 * this.searchInterval);
  }

  /** Everyone so far, in the order in which they were first seen. */
  people(): Person[] {
    return peopleOf(this.tracks, this.embedder.samePerson);
  }

  /** Makes sure that a face looks like it did before. */
  private async compare(track: FaceTrack, frame: Frame): Promise<void> {
    const known = track.embedding;
    const { embedding, frontal } = await this.embeddingOf(track, frame);
    if (known && cosine(known, embedding) < MIN_SAME_PERSON_COSINE) {
      this.tracker.endTrack(track);
      await this.startTrack({ box: track.box, score: track.score }, frame);
      return;
    }
    track.addEmbedding(frame.time, embedding);
    await this.portraits.offer(track, frame.image, track.box, frontal);
  }

  /** Skin and folds may look like a face for one frame; so a new face is verified. */
  private async verifyNew(stranger: Detection, frame: Frame): Promise<boolean> {
    if (this.rejected.has(stranger.box, frame.time)) return false;
    const face = await verifyFace(this.detector, frame.image, stranger);
    if (face) await this.startTrack(face, frame);
    else this.rejected.add(stranger.box, frame.time);
    return face !== null;
  }

  private async startTrack(face: Detection, frame: Frame): Promise<void> {
    const track = this.tracker.startTrack(frame.time, face);
    this.tracks.push(track);
    const { embedding, frontal } = await this.embeddingOf(track, frame);
    track.addEmbedding(frame.time, embedding);
    await this.portraits.offer(track, frame.image, face.box, frontal);
  }

  private async embeddingOf({ box }: FaceTrack, { image }: Frame) {
    const crop = await FaceCrop.around(box, image);
    const points = await this.landmarks.find(crop);
    return { embedding: await this.embedder.embed(crop, points), frontal: frontality(points) };
  }
}
