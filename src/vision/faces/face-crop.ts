import type { Box, Point, Raster } from '../../media/pixels/raster.js';
import { resize } from '../../media/pixels/resize.js';
import { type Affine, sample } from '../../media/pixels/sample.js';

/** Side of the square that is cut out around a face, in longer sides of its box. */
const CROP_FACTOR = 2;

/** Pixels on the side of a crop at most; the face then has half of them. */
const MAX_SIDE_PX = 320;

/** A square around a face, of a size in which the models for single faces can be served quickly. */
export class FaceCrop {
  private constructor(
    private readonly pixels: Raster,
    /** Upper left corner in the image, and how many pixels of the crop make one of the image. */
    private readonly origin: Point,
    private readonly scale: number,
    private readonly box: Box,
  ) {}

  static async around(box: Box, image: Raster): Promise<FaceCrop> {
    const side = CROP_FACTOR * Math.max(box.width, box.height);
    const [left, top] = [box.x + box.width / 2 - side / 2, box.y + box.height / 2 - side / 2];
    const [x, y] = [clamp(Math.floor(left), image.width - 1), clamp(Math.floor(top), image.height - 1)];
    const width = clamp(Math.ceil(left + side), image.width) - x;
    const height = clamp(Math.ceil(top + side), image.height) - y;
    const scale = Math.min(1, MAX_SIDE_PX / Math.max(width, height));
    const size = { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
    return new FaceCrop(await resize(image, size, { x, y, width, height }), [x, y], scale, box);
  }

  /** The square around the middle of the box whose side is so many longer sides of the box, drawn in `side` pixels. */
  square(side: number, room: number): { readonly pixels: Raster; readonly toImage: (point: Point) => Point } {
    const length = room * Math.max(this.box.width, this.box.height);
    const [left, top] = [this.box.x + this.box.width / 2 - length / 2, this.box.y + this.box.height / 2 - length / 2];
    const step = length / side;
    const map = { xx: step, xy: 0, x0: left, yx: 0, yy: step, y0: top };
    return { pixels: this.draw(side, map), toImage: ([x, y]) => [left + x * step, top + y * step] };
  }

  /** @param map from pixels of the result to those of the image */
  draw(side: number, map: Affine): Raster {
    const { origin, scale } = this;
    return sample(this.pixels, side, side, {
      xx: map.xx * scale,
      xy: map.xy * scale,
      x0: (map.x0 - origin[0]) * scale,
      yx: map.yx * scale,
      yy: map.yy * scale,
      y0: (map.y0 - origin[1]) * scale,
    });
  }
}

const clamp = (value: number, end: number) => Math.max(0, Math.min(end, value));
