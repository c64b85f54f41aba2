import type { Cut } from './cuts.js';
import { milliseconds } from './milliseconds.js';

/** Seconds from the start of the file. */
export interface Scene {
  readonly start: number;
  readonly end: number;
}

/** Scenes that cover the video from 0 to its end without holes, in order of time. */
export function scenesBetween(cuts: readonly Cut[], duration: number): Scene[] {
  const end = milliseconds(duration);
  const inside = cuts.map(({ time }) => milliseconds(time)).filter((time) => time > 0 && time < end);
  const borders = [0, ...new Set(inside.sort((a, b) => a - b)), end];
  return borders.slice(1).map((border, index) => ({ start: borders[index] ?? 0, end: border }));
}

/** At most so many of the scenes, spread evenly over the video, the first and the last among them. */
export function spread(scenes: readonly Scene[], most: number): Scene[] {
  if (scenes.length <= most) return [...scenes];
  const step = (scenes.length - 1) / (most - 1);
  return Array.from({ length: most }, (_, index) => scenes[Math.round(index * step)]).filter(
    (scene) => scene !== undefined,
  );
}
