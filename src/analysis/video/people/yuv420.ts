import type { Planes } from '../../../media/pixels/drawing.js';
import type { Raster } from '../../../media/pixels/raster.js';
import type { Size } from '../frame-size.js';

/** Pixels of a rectangle with even sides: luma in full, then both chroma planes at half the width and height. */
export interface Yuv420 extends Size {
  readonly bytes: Uint8Array;
}

/** Shares of red and blue in luma: of ITU-R BT.709, FCC, SMPTE 240M and BT.2020, as ffprobe names them. */
const LUMA_SHARES: Readonly<Record<string, readonly [red: number, blue: number]>> = {
  bt709: [0.2126, 0.0722],
  fcc: [0.3, 0.11],
  smpte240m: [0.212, 0.087],
  bt2020nc: [0.2627, 0.0593],
  bt2020c: [0.2627, 0.0593],
};

/** ITU-R BT.601, which ffmpeg takes where the video says nothing. */
const DEFAULT_LUMA_SHARES = [0.299, 0.114] as const;

/** Parts of a level in which is calculated, as a power of two. */
const FRACTION_BITS = 16;

const fraction = (factor: number) => Math.round(factor * 2 ** FRACTION_BITS);

/** A level of luma, and what is added so that black is 0 and the rest is rounded. */
const LUMA_FACTOR = fraction(255 / 219);
const BLACK_OFFSET = fraction((-16 * 255) / 219 + 0.5);

/** Levels beyond black and white that luma and chroma can make together, and room for all of them. */
const LEVELS_BELOW_BLACK = 384;
const LEVEL_COUNT = 1024;

/** What each level from so many below black is written as: to look it up is quicker than to calculate it. */
function writtenLevels({ mean, deviation }: Planes): Float32Array {
  const written = new Float32Array(LEVEL_COUNT);
  for (let index = 0; index < LEVEL_COUNT; index++)
    written[index] = (Math.max(0, Math.min(255, index - LEVELS_BELOW_BLACK)) - mean) / deviation;
  return written;
}

/** Turns luma and chroma of limited range (16–235, 16–240) into red, green and blue. */
export class ColorConversion {
  private readonly redOfV: number;
  private readonly greenOfU: number;
  private readonly greenOfV: number;
  private readonly blueOfU: number;

  /** @param space ffprobe's `color_space` */
  constructor(space: string) {
    const [red, blue] = LUMA_SHARES[space] ?? DEFAULT_LUMA_SHARES;
    const green = 1 - red - blue;
    const chroma = (factor: number) => fraction((factor * 2 * 255) / 224);
    this.redOfV = chroma(1 - red);
    this.blueOfU = chroma(1 - blue);
    this.greenOfU = chroma((-(1 - blue) * blue) / green);
    this.greenOfV = chroma((-(1 - red) * red) / green);
  }

  /** The frame of even sides whose upper left corner lies in the first column and the even row `top`. */
  rgb({ bytes, width: stride, height: rows }: Yuv420, top: number, { width, height }: Size): Raster {
    const { redOfV, greenOfU, greenOfV, blueOfU } = this;
    const data = new Uint8ClampedArray(3 * width * height);
    const [firstU, firstV] = [stride * rows, stride * rows + (stride * rows) / 4];
    for (let y = 0, to = 0; y < height; y++) {
      let from = (top + y) * stride;
      const half = ((top + y) >> 1) * (stride / 2);
      // Two pixels beside each other have their chroma in common.
      for (let x = half, end = half + width / 2; x < end; x++, from += 2, to += 6) {
        const [u, v] = [(bytes[firstU + x] ?? 0) - 128, (bytes[firstV + x] ?? 0) - 128];
        const red = v * redOfV + BLACK_OFFSET;
        const green = u * greenOfU + v * greenOfV + BLACK_OFFSET;
        const blue = u * blueOfU + BLACK_OFFSET;
        const [left, right] = [(bytes[from] ?? 0) * LUMA_FACTOR, (bytes[from + 1] ?? 0) * LUMA_FACTOR];
        data[to] = (left + red) >> FRACTION_BITS;
        data[to + 1] = (left + green) >> FRACTION_BITS;
        data[to + 2] = (left + blue) >> FRACTION_BITS;
        data[to + 3] = (right + red) >> FRACTION_BITS;
        data[to + 4] = (right + green) >> FRACTION_BITS;
        data[to + 5] = (right + blue) >> FRACTION_BITS;
      }
    }
    return { data: new Uint8Array(data.buffer), width, height, channels: 3 };
  }

  /** The same, drawn without pixels in RGB in between. */
  draw({ bytes, width: stride, height: rows }: Yuv420, top: number, { width, height }: Size, planes: Planes): void {
    const { redOfV, greenOfU, greenOfV, blueOfU } = this;
    const { levels } = planes;
    const plane = planes.width * planes.height;
    const written = writtenLevels(planes);
    const [firstU, firstV] = [stride * rows, stride * rows + (stride * rows) / 4];
    for (let y = 0; y < height; y++) {
      let [from, to] = [(top + y) * stride, y * planes.width];
      const half = ((top + y) >> 1) * (stride / 2);
      for (let x = half, end = half + width / 2; x < end; x++, from += 2, to += 2) {
        const [u, v] = [(bytes[firstU + x] ?? 0) - 128, (bytes[firstV + x] ?? 0) - 128];
        const red = v * redOfV + BLACK_OFFSET;
        const green = u * greenOfU + v * greenOfV + BLACK_OFFSET;
        const blue = u * blueOfU + BLACK_OFFSET;
        const [left, right] = [(bytes[from] ?? 0) * LUMA_FACTOR, (bytes[from + 1] ?? 0) * LUMA_FACTOR];
        levels[to] = written[LEVELS_BELOW_BLACK + ((left + red) >> FRACTION_BITS)] ?? 0;
        levels[to + 1] = written[LEVELS_BELOW_BLACK + ((right + red) >> FRACTION_BITS)] ?? 0;
        levels[to + plane] = written[LEVELS_BELOW_BLACK + ((left + green) >> FRACTION_BITS)] ?? 0;
        levels[to + plane + 1] = written[LEVELS_BELOW_BLACK + ((right + green) >> FRACTION_BITS)] ?? 0;
        levels[to + 2 * plane] = written[LEVELS_BELOW_BLACK + ((left + blue) >> FRACTION_BITS)] ?? 0;
        levels[to + 2 * plane + 1] = written[LEVELS_BELOW_BLACK + ((right + blue) >> FRACTION_BITS)] ?? 0;
      }
    }
  }

  /** The levels of every so many pixels of it, across and down. */
  levels({ bytes, width: stride, height: rows }: Yuv420, top: number, size: Size, step: number): Uint8ClampedArray {
    const { redOfV, greenOfU, greenOfV, blueOfU } = this;
    const data = new Uint8ClampedArray(3 * Math.ceil(size.width / step) * Math.ceil(size.height / step));
    const [firstU, firstV] = [stride * rows, stride * rows + (stride * rows) / 4];
    for (let y = top, to = 0; y < top + size.height; y += step)
      for (let x = 0; x < size.width; x += step, to += 3) {
        const half = (y >> 1) * (stride / 2) + (x >> 1);
        const [u, v] = [(bytes[firstU + half] ?? 0) - 128, (bytes[firstV + half] ?? 0) - 128];
        const luma = (bytes[y * stride + x] ?? 0) * LUMA_FACTOR + BLACK_OFFSET;
        data[to] = (luma + v * redOfV) >> FRACTION_BITS;
        data[to + 1] = (luma + u * greenOfU + v * greenOfV) >> FRACTION_BITS;
        data[to + 2] = (luma + u * blueOfU) >> FRACTION_BITS;
      }
    return data;
  }
}
