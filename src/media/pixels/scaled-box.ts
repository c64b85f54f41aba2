import type { Box } from './raster.js';

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A box in a view of an image, in whole pixels of the image and within it. */
export function scaledBox({ x, y, width, height }: Box, view: Size, image: Size): Box {
  const [across, along] = [image.width / view.width, image.height / view.height];
  const [left, top] = [clamp(Math.floor(x * across), image.width), clamp(Math.floor(y * along), image.height)];
  const right = clamp(Math.ceil((x + width) * across), image.width);
  const bottom = clamp(Math.ceil((y + height) * along), image.height);
  return { x: left, y: top, width: right - left, height: bottom - top };
}

const clamp = (value: number, end: number) => Math.max(0, Math.min(end, value));

/** A box in one copy of an image, in pixels of another copy. */
export function boxInCopy({ x, y, width, height }: Box, from: Size, to: Size): Box {
  const [across, along] = [to.width / from.width, to.height / from.height];
  return { x: x * across, y: y * along, width: width * across, height: height * along };
}
