import type { Feature } from '../../analyzer.js';
import type { DecodedVideo } from '../decoded-video.js';

/** `[{start, end}]` in seconds, covering the video from 0 to its end without holes; at most a thousand. */
export const scenes: Feature<DecodedVideo> = {
  name: 'scenes',
  description: 'Scenes, divided where the picture changes suddenly',
  default: true,
  run: (video) => video.scenes(),
};
