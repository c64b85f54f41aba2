import type { Box, Point } from '../../media/pixels/raster.js';
import type { QuarterTurn } from '../../media/pixels/turn.js';
import type { Face } from './describe-faces.js';

interface Size {
  readonly width: number;
  readonly height: number;
}

/** A face that was found in a turned image, in pixels of the image as it stands; `turn` is how far it was turned. */
export function turnedBack(face: Face, degrees: QuarterTurn, image: Size): Face & { readonly turn: QuarterTurn } {
  const back = (point: Point) => pointBack(point, degrees, image);
  const corner = back([face.box.x, face.box.y]);
  const opposite = back([face.box.x + face.box.width, face.box.y + face.box.height]);
  return { ...face, box: boxBetween(corner, opposite), landmarks: face.landmarks.map(back), turn: degrees };
}

function pointBack([x, y]: Point, degrees: QuarterTurn, { width, height }: Size): Point {
  if (degrees === 90) return [y, height - x];
  if (degrees === 180) return [width - x, height - y];
  return [width - y, x];
}

function boxBetween([x0, y0]: Point, [x1, y1]: Point): Box {
  const [x, y] = [Math.min(x0, x1), Math.min(y0, y1)];
  return { x, y, width: Math.abs(x1 - x0), height: Math.abs(y1 - y0) };
}
