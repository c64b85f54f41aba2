import type { VideoStream } from './streams.js';

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** The size of the upright frame with square pixels, within a rectangle and never enlarged. */
export function sizeWithin(largest: Size, { width, height, pixelAspect }: VideoStream): Size {
  const shown = pixelAspect > 1 ? { width: width * pixelAspect, height } : { width, height: height / pixelAspect };
  const scale = Math.min(1, largest.width / shown.width, largest.height / shown.height);
  return { width: Math.max(1, Math.round(shown.width * scale)), height: Math.max(1, Math.round(shown.height * scale)) };
}
