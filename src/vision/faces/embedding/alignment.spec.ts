import sharp from 'sharp';
import type { Point, Raster } from '../../../media/pixels/raster.js';
import { FaceCrop } from '../face-crop.js';
import { aligned } from './face-embedder.js';
import { fivePoints } from '../face-landmarks.js';
import { frontality } from '../frontal.js';

/** Where ArcFace wants the eyes, the tip of the nose and the corners of the mouth in 112 × 112 pixels. */
const WANTED: Point[] = [
  [38.2946, 51.6963],
  [73.5318, 51.5014],
  [56.0252, 71.7366],
  [41.5493, 92.3655],
  [70.7299, 92.2041],
];

const COLOURS = ['#ff0000', '#00ff00', '#0000ff', '#ffff00', '#ff00ff'];

/** A grey image with a dot of its own colour at each point. */
async function dots(points: readonly Point[], radius: number): Promise<Raster> {
  const circles = points.map(
    ([x, y], index) => `<circle cx="${x}" cy="${y}" r="${radius}" fill="${COLOURS[index]!}"/>`,
  );
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="900" height="700">${circles.join('')}</svg>`;
  const { data, info } = await sharp({ create: { width: 900, height: 700, channels: 3, background: '#808080' } })
    .composite([{ input: Buffer.from(svg) }])
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height, channels: 3 };
}

/** The middle of what has a colour. */
function middle({ data, width }: Raster, hex: string): Point {
  const colour = Buffer.from(hex.slice(1), 'hex');
  let [count, sumX, sumY] = [0, 0, 0];
  for (let at = 0; at < data.length; at += 3) {
    if ([0, 1, 2].some((channel) => Math.abs(data[at + channel]! - colour[channel]!) > 90)) continue;
    count += 1;
    sumX += ((at / 3) % width) + 0.5;
    sumY += Math.floor(at / 3 / width) + 0.5;
  }
  return [sumX / count, sumY / count];
}

it.each([
  [0, 2, 300, 200],
  [25, 1.5, 400, 150],
  [-40, 3, 250, 420],
  [170, 1, 600, 500],
])('brings a face that is turned by %i° and %d times as large to the template', async (degrees, scale, left, top) => {
  const angle = (degrees * Math.PI) / 180;
  const points = WANTED.map(([x, y]): Point => [
    scale * (Math.cos(angle) * (x - 56) - Math.sin(angle) * (y - 70)) + left,
    scale * (Math.sin(angle) * (x - 56) + Math.cos(angle) * (y - 70)) + top,
  ]);
  const picture = await dots(points, 4 * scale);
  const box = { x: left - 45 * scale, y: top - 50 * scale, width: 90 * scale, height: 100 * scale };
  const face = aligned(await FaceCrop.around(box, picture), points as never);
  expect(face).toMatchObject({ width: 112, height: 112 });
  for (const [index, [x, y]] of WANTED.entries()) {
    const found = middle(face, COLOURS[index]!);
    expect(Math.hypot(found[0] - x, found[1] - y)).toBeLessThan(1);
  }
});

it('draws the square around a face, and knows where its points lie in the picture', async () => {
  const picture = await dots([[450, 350]], 20);
  const crop = await FaceCrop.around({ x: 350, y: 230, width: 160, height: 200 }, picture);
  const { pixels, toImage } = crop.square(64, 1.1);
  const [x, y] = middle(pixels, COLOURS[0]!);
  // The square of 220 pixels around 430, 330.
  expect(x).toBeCloseTo(((450 - 320) / 220) * 64, 0);
  expect(y).toBeCloseTo(((350 - 220) / 220) * 64, 0);
  const [left, top] = toImage([x, y]);
  expect(Math.hypot(left - 450, top - 350)).toBeLessThan(2);
});

it('cuts out faces at the border', async () => {
  const picture = await dots([[12, 12]], 6);
  const crop = await FaceCrop.around({ x: -20, y: -30, width: 60, height: 60 }, picture);
  const { pixels, toImage } = crop.square(64, 1);
  const [left, top] = toImage(middle(pixels, COLOURS[0]!));
  expect(Math.hypot(left - 12, top - 12)).toBeLessThan(2);
});

it('takes five of the 68 points: middles of the eyes, tip of the nose, corners of the mouth', () => {
  // Each point lies at ten times its number, so that means can be done in the head.
  const points = Array.from({ length: 136 }, (_, index) => (index % 2 === 0 ? 10 * (index / 2) : 1));
  expect(fivePoints(points).map(([x]) => x)).toEqual([390, 450, 300, 540, 590]);
  expect(fivePoints(points).map(([, y]) => y)).toEqual([1, 1, 1, 1, 1]);
});

it('tells a face that looks at the camera from a profile', () => {
  const face = (nose: number) =>
    [
      [0, 0],
      [10, 0],
      [nose, 8],
      [1, 15],
      [9, 15],
    ] as never;
  expect(frontality(face(5))).toBe(1);
  expect(frontality(face(2.5))).toBe(0.5);
  expect(frontality(face(-3))).toBe(0);
  expect(
    frontality([
      [1, 1],
      [1, 1],
      [1, 1],
      [1, 1],
      [1, 1],
    ]),
  ).toBe(0);
});
