import type { Detection } from '../faces/detection/face-detector.js';
import type { Box } from '../../media/pixels/raster.js';

/** How much of a new speed is believed at once. */
const SPEED_SMOOTHING = 0.5;

/** Seconds until a face is compared again with what it looked like: soon at first, ever more seldom while it stays. */
const COMPARISON_SECONDS = { first: 2, longest: 16 };

/** A face that is followed from image to image. Times in seconds of video, places in pixels of its images. */
export class FaceTrack {
  /** Images in which the face was found. */
  frames = 1;
  readonly firstSeen: number;
  lastSeen: number;
  box: Box;
  /** The greatest score, 0–1. */
  score: number;
  /** The sum of its embeddings; null until there is one. */
  private sum: Float32Array | null = null;
  /** When it is to be compared again with what it looked like. */
  private compareAt = -Infinity;
  private comparisonSeconds = COMPARISON_SECONDS.first;
  private speed = { x: 0, y: 0 };

  constructor(time: number, { box, score }: Detection) {
    this.firstSeen = time;
    this.lastSeen = time;
    this.box = box;
    this.score = score;
  }

  /** Where the face should be by now, if it went on as it did. */
  expectedAt(time: number): Box {
    const seconds = time - this.lastSeen;
    return { ...this.box, x: this.box.x + this.speed.x * seconds, y: this.box.y + this.speed.y * seconds };
  }

  update(time: number, { box, score }: Detection): void {
    const seconds = time - this.lastSeen;
    if (seconds > 0) {
      const [x, y] = [(center(box).x - center(this.box).x) / seconds, (center(box).y - center(this.box).y) / seconds];
      // The first step tells all there is to know about the speed.
      const trust = this.frames === 1 ? 1 : SPEED_SMOOTHING;
      this.speed = { x: this.speed.x + trust * (x - this.speed.x), y: this.speed.y + trust * (y - this.speed.y) };
    }
    this.box = box;
    this.score = Math.max(this.score, score);
    this.lastSeen = time;
    this.frames += 1;
  }

  addEmbedding(time: number, embedding: Float32Array): void {
    const sum = (this.sum ??= new Float32Array(embedding.length));
    for (let index = 0; index < sum.length; index++) sum[index] = (sum[index] ?? 0) + (embedding[index] ?? 0);
    this.compareAt = time + this.comparisonSeconds;
    this.comparisonSeconds = Math.min(COMPARISON_SECONDS.longest, 2 * this.comparisonSeconds);
  }

  /** Whether it is time to make sure that it is still the same face. */
  isComparisonDue(time: number): boolean {
    return time >= this.compareAt;
  }

  /** The mean direction of its embeddings, of length 1. */
  get embedding(): Float32Array | null {
    const length = this.sum ? Math.hypot(...this.sum) : 0;
    return this.sum && length > 0 ? this.sum.map((value) => value / length) : null;
  }
}

const center = ({ x, y, width, height }: Box) => ({ x: x + width / 2, y: y + height / 2 });
