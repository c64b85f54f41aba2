import { writeFile } from 'node:fs/promises';
import type { Feature } from '../../analyzer.js';
import type { DecodedVideo } from '../decoded-video.js';
import { milliseconds } from '../milliseconds.js';

/** What `keyframes` shows of each frame. */
interface Keyframe {
  /** Seconds from the start of the video. */
  readonly time: number;
  readonly artifact: string;
}

export const keyframes: Feature<DecodedVideo> = {
  name: 'keyframes',
  description: 'One picture a scene, at most 20, at most 1280 px on the longer side',
  default: true,
  run: async (video, context) => {
    const found: Keyframe[] = [];
    for (const [index, { time, jpeg }] of (await video.stills()).entries()) {
      const artifact = `keyframe-${index + 1}.jpg`;
      await writeFile(context.artifact(artifact, 'image/jpeg'), jpeg);
      found.push({ time: milliseconds(time), artifact });
    }
    return found;
  },
};
