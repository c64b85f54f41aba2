import sharp, { type Sharp } from 'sharp';
import { analyzeImageWith } from '../../../../test/support/media/analyze-image.js';
import { bitmap, landscape, solid, turned } from '../../../../test/support/media/images.js';
import { photographs } from '../../../../test/support/media/photographs.js';
import type { Box } from '../../../media/pixels/raster.js';

interface ShownFace {
  box: Box;
  score: number;
  landmarks: [number, number][];
  pose: { yaw: number; pitch: number; roll: number };
  age: { estimate: number };
  turn?: number;
  embedding?: number[];
}

async function facesIn(image: Buffer | Sharp, options = {}, mediaType = 'image/jpeg'): Promise<ShownFace[]> {
  const { results } = await analyzeImageWith(options, image, mediaType, 'faces');
  return (results.faces as ShownFace[]).sort((one, other) => one.box.x - other.box.x);
}

const [, , three, four, , last] = photographs;

const known = new Map<string, Promise<ShownFace[]>>();

/** What is found in a photograph as it is, which several look at. */
function facesOf({ path }: { readonly path: string }): Promise<ShownFace[]> {
  const faces = known.get(path) ?? facesIn(sharp(path));
  known.set(path, faces);
  return faces;
}

/** Eyes above the nose above the mouth, left before right, and all of it in the box. */
function expectUpright({ box, landmarks }: ShownFace): void {
  const [leftEye, rightEye, nose, leftMouth, rightMouth] = landmarks;
  expect(leftEye![0]).toBeLessThan(rightEye![0]);
  expect(leftMouth![0]).toBeLessThan(rightMouth![0]);
  expect(Math.max(leftEye![1], rightEye![1])).toBeLessThan(nose![1]);
  expect(nose![1]).toBeLessThan((leftMouth![1] + rightMouth![1]) / 2);
  for (const [x, y] of landmarks) {
    expect(x > box.x - 0.1 * box.width && x < box.x + 1.1 * box.width).toBe(true);
    expect(y > box.y && y < box.y + 1.1 * box.height).toBe(true);
  }
}

it.each(photographs)('finds the $people people of $name', async ({ path, people }) => {
  const faces = await facesOf({ path });
  expect(faces).toHaveLength(people);
  for (const face of faces) {
    expect(face.score).toBeGreaterThan(0.75);
    expect(face.score).toBeLessThanOrEqual(1);
    expect(face.age.estimate).toBeGreaterThan(15);
    expect(face.age.estimate).toBeLessThan(60);
    expect(Object.keys(face)).toEqual(['box', 'score', 'landmarks', 'pose', 'age']);
  }
});

it('says where eyes, nose and mouth are, as marked by hand', async () => {
  // Marked in sample3 in its own pixels, on an enlargement with a grid.
  const marked = [
    [
      [634, 433],
      [732, 432],
      [669, 483],
      [645, 535],
      [712, 535],
    ],
    [
      [1122, 319],
      [1220, 340],
      [1141, 390],
      [1106, 427],
      [1198, 440],
    ],
    [
      [1556, 409],
      [1654, 402],
      [1610, 470],
      [1552, 503],
      [1650, 496],
    ],
  ] as const;
  const faces = await facesOf(three!);
  for (const [index, face] of faces.entries()) {
    const truth = marked[index]!;
    const betweenEyes = Math.hypot(truth[1][0] - truth[0][0], truth[1][1] - truth[0][1]);
    const errors = face.landmarks.map(([x, y], point) => Math.hypot(x - truth[point]![0], y - truth[point]![1]));
    // The usual measure: the mean distance in distances between the eyes. A hand is as exact as 0.03.
    expect(errors.reduce((sum, error) => sum + error, 0) / 5 / betweenEyes).toBeLessThan(0.1);
    expectUpright(face);
  }
});

it('finds the same faces whatever the size of the picture, boxes in its own pixels', async () => {
  const large = await facesOf(last!);
  for (const width of [200, 3000]) {
    const scale = width / 1920;
    const faces = await facesIn(sharp(last!.path).resize({ width }));
    expect(faces).toHaveLength(4);
    for (const [index, { box }] of faces.entries()) {
      const tolerance = 0.15 * large[index]!.box.height * scale + 2;
      for (const side of ['x', 'y', 'width', 'height'] as const)
        expect(Math.abs(box[side] - large[index]!.box[side] * scale)).toBeLessThan(tolerance);
    }
  }
});

it('finds faces of 20 pixels in a picture of 1920 × 1080', async () => {
  // The faces of sample5 are between 268 and 391 pixels high at a width of 2500.
  const group = await sharp(photographs[4]!.path)
    .resize({ width: Math.round((2500 * 20) / 268) })
    .png()
    .toBuffer();
  const scene = sharp({ create: { width: 1920, height: 1080, channels: 3, background: '#6b7a5a' } })
    .composite([
      { input: group, left: 1201, top: 613 },
      { input: group, left: 37, top: 90 },
    ])
    .jpeg({ quality: 92 });
  const faces = await facesIn(scene);
  expect(faces).toHaveLength(10);
  expect(Math.min(...faces.map(({ box }) => box.height))).toBeLessThan(24);
});

it('reads pictures upright as EXIF says', async () => {
  const upright = sharp(four!.path).resize({ width: 800 });
  for (const orientation of [3, 6, 8]) {
    const faces = await facesIn((await turned(upright.clone(), orientation)).jpeg({ quality: 95 }));
    expect(faces).toHaveLength(4);
    faces.forEach(expectUpright);
  }
});

it('looks at a picture again turned when nothing was found and the option asks for it', async () => {
  const upright = await facesIn(sharp(photographs[4]!.path).resize({ width: 960 }));
  const lying = await sharp(photographs[4]!.path).resize({ width: 960 }).rotate(90).jpeg({ quality: 95 }).toBuffer();
  const { width } = await sharp(lying).metadata();

  expect(await facesIn(lying)).toEqual([]);
  const faces = await facesIn(lying, { rotations: true });

  expect(faces.map(({ turn }) => turn)).toEqual([270, 270, 270, 270, 270]);
  // Turned clockwise, what was left is above and what was below is left.
  const expected = upright.map(({ box }) => ({ x: width - box.y - box.height, y: box.x }));
  for (const { x, y } of expected)
    expect(faces.some(({ box }) => Math.abs(box.x - x) < 12 && Math.abs(box.y - y) < 12)).toBe(true);
});

it('says that a head is turned to the other side in a mirror', async () => {
  const heads = await facesOf(four!);
  const mirrored = (await facesIn(sharp(four!.path).flop())).reverse();
  for (const [index, { pose }] of heads.entries()) {
    expect(Math.abs(pose.yaw + mirrored[index]!.pose.yaw)).toBeLessThan(20);
    expect(Math.abs(pose.roll + mirrored[index]!.pose.roll)).toBeLessThan(20);
  }
  // The first of them looks back over her shoulder, to the right of the image; the third looks down to the left.
  expect(heads[0]!.pose.yaw).toBeLessThan(-25);
  expect(heads[2]!.pose.yaw).toBeGreaterThan(25);
});

it('gives 512 numbers of length 1 on request', async () => {
  const faces = await facesIn(sharp(three!.path).resize({ width: 900 }), { embeddings: true });
  for (const { embedding = [] } of faces) {
    expect(embedding).toHaveLength(512);
    expect(Math.hypot(...embedding)).toBeCloseTo(1, 3);
  }
});

it('finds the same in the same bytes', async () => {
  const bytes = await sharp(three!.path).resize({ width: 900 }).jpeg().toBuffer();
  expect(await facesIn(bytes, { embeddings: true })).toEqual(await facesIn(bytes, { embeddings: true }));
});

it('takes transparent parts for white paper', async () => {
  const { data, info } = await sharp(three!.path)
    .resize({ width: 600 })
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  for (let at = 3; at < data.length; at += 4) data[at] = 0;
  expect(await facesIn(sharp(data, { raw: info }).png(), {}, 'image/png')).toEqual([]);
});

describe('a picture without people', () => {
  it.each([1, 2])('has none in landscape %i', async (seed) => {
    expect(await facesIn(landscape(1600, 1200, seed).jpeg())).toEqual([]);
  });

  it('has none in textures', async () => {
    const textures: ((x: number, y: number) => number)[] = [
      (x, y) => ((x >> 3) + (y >> 3)) % 2,
      (x, y) => Math.sin(x / 7) * Math.cos(y / 9),
      (x, y) => ((x * 7919 + y * 104_729 + x * y * 31) % 251) / 250,
      (x, y) => Math.sin(Math.hypot(x - 320, y - 240) / 12),
      (x, y) => Math.abs(((x % 40) - 20) / 20) * Math.abs(((y % 60) - 30) / 30),
    ];
    for (const texture of textures) {
      const level = (x: number, y: number) =>
        Math.round(128 + 120 * Math.max(-1, Math.min(1, texture(x, y))))
          .toString(16)
          .padStart(2, '0');
      const picture = bitmap(640, 480, (x, y) => `#${level(x, y).repeat(3)}`);
      expect(await facesIn(picture, {}, 'image/bmp')).toEqual([]);
    }
  });

  it.each([
    [1, 1],
    [16, 16],
    [3000, 4],
    [4, 3000],
  ])('has none in %i × %i pixels', async (width, height) => {
    expect(await facesIn(solid(width, height, '#c99b7d').png(), { rotations: true }, 'image/png')).toEqual([]);
  });
});

it('finds a face that fills a picture of 64 × 64 pixels', async () => {
  const { box } = (await facesOf(three!))[1]!;
  const portrait = sharp(three!.path)
    .extract({ left: box.x - 60, top: box.y - 40, width: box.width + 120, height: box.width + 120 })
    .resize(64, 64);
  expect(await facesIn(portrait.png(), {}, 'image/png')).toHaveLength(1);
});

it('takes pictures of 12,000 pixels on each side', async () => {
  const [width, height] = [12_000, 12_000];
  const picture = sharp({ create: { width, height, channels: 3, background: '#778899' } }).composite([
    { input: await sharp(three!.path).resize({ width: 4000 }).png().toBuffer(), left: 6000, top: 4000 },
  ]);
  const faces = await facesIn(await picture.jpeg({ quality: 80 }).toBuffer());
  expect(faces).toHaveLength(3);
  for (const { box } of faces) expect(box.x > 6000 && box.y > 4000).toBe(true);
});
