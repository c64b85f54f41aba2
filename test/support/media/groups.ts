import { make } from './videos.js';
import { photographs } from './photographs.js';

/** Videos of photographs whose people were counted. */

const SIZE = { width: 1280, height: 720 };
const encode = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p'];

export interface Shot {
  /** Number of a photograph from 1; 0 is a grey nothing. */
  readonly photograph: number;
  readonly seconds: number;
  /** Pixels to which its width is brought. */
  readonly width?: number;
  /** Where the camera is, as an expression of ffmpeg's in `t`. */
  readonly x?: string;
  readonly y?: string;
}

export interface Finish {
  /** A filter over the finished images. */
  readonly filter?: string;
  readonly extra?: readonly string[];
  readonly extension?: string;
}

/** Shots one after the other, at 25 images a second in 1280 × 720. */
export async function groupFilm(
  shots: readonly Shot[],
  { filter = 'null', extra = [], extension = 'mp4' }: Finish = {},
): Promise<string> {
  const inputs = shots.flatMap(({ photograph, seconds }) =>
    photograph === 0
      ? ['-f', 'lavfi', '-t', String(seconds), '-i', `color=gray:s=${SIZE.width}x${SIZE.height}:r=25`]
      : ['-loop', '1', '-framerate', '25', '-t', String(seconds), '-i', photographs[photograph - 1]!.path],
  );
  const parts = shots.map(({ photograph, width = SIZE.width, x = '0', y = '0' }, index) => {
    const camera = photograph === 0 ? '' : `scale=${width}:-2,crop=${SIZE.width}:${SIZE.height}:'${x}':'${y}',`;
    return `[${index}]${camera}setsar=1[s${index}]`;
  });
  const labels = shots.map((_, index) => `[s${index}]`).join('');
  const graph = `${parts.join(';')};${labels}concat=n=${shots.length}:v=1,${filter}`;
  return make(extension, [...inputs, '-filter_complex', graph, ...encode, ...extra]);
}
