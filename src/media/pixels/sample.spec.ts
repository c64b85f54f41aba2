import type { Raster } from './raster.js';
import { sample } from './sample.js';

/** An image whose pixel says where it is. */
function picture(width: number, height: number, level: (x: number, y: number) => number[]): Raster {
  const data = Uint8Array.from({ length: 3 * width * height }, (_, index) => {
    const pixel = Math.floor(index / 3);
    return level(pixel % width, Math.floor(pixel / width))[index % 3]!;
  });
  return { data, width, height, channels: 3 };
}

const places = picture(20, 10, (x, y) => [10 * x, 20 * y, 7]);
const still = { xx: 1, xy: 0, x0: 0, yx: 0, yy: 1, y0: 0 };

it('copies a part as it is', () => {
  const { data } = sample(places, 4, 3, { ...still, x0: 5, y0: 2 });
  expect([...data.subarray(0, 6)]).toEqual([50, 40, 7, 60, 40, 7]);
  expect([...data.subarray(12, 15)]).toEqual([50, 60, 7]);
});

it('mixes neighbours between their centres', () => {
  const { data } = sample(places, 1, 1, { ...still, x0: 5.5, y0: 2.25 });
  expect([...data]).toEqual([55, 45, 7]);
});

it('turns: what the map says is what is drawn', () => {
  // A quarter turn: the result's x runs down the image.
  const { data } = sample(places, 3, 3, { xx: 0, xy: -1, x0: 10, yx: 1, yy: 0, y0: 4 });
  // Its first pixel, centred at ½, ½, lies at 9½, 4½: the pixel 9, 4.
  expect([...data.subarray(0, 3)]).toEqual([90, 80, 7]);
  expect([...data.subarray(3, 6)]).toEqual([90, 100, 7]);
});

it('goes on beyond the border as the picture ends', () => {
  const { data } = sample(places, 3, 1, { ...still, x0: -2, y0: -5 });
  expect([...data]).toEqual([0, 0, 7, 0, 0, 7, 0, 0, 7]);
});

it('averages where it shrinks, so that no stripes are left over', () => {
  const stripes = picture(64, 64, (x) => (x % 2 === 0 ? [0, 0, 0] : [200, 200, 200]));
  const { data } = sample(stripes, 16, 16, { ...still, xx: 4, yy: 4 });
  for (const level of data) expect(Math.abs(level - 100)).toBeLessThanOrEqual(1);
});

it('does not look at a fourth channel', () => {
  const data = Uint8Array.from({ length: 16 }, (_, index) => (index % 4 === 3 ? 9 : 80));
  expect([...sample({ data, width: 2, height: 2, channels: 4 }, 2, 2, still).data]).toEqual(Array<number>(12).fill(80));
});
