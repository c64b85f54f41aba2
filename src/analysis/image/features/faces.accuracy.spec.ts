import sharp, { type Sharp } from 'sharp';
import { analyzeImageWith } from '../../../../test/support/media/analyze-image.js';
import { landscape } from '../../../../test/support/media/images.js';
import { photographs } from '../../../../test/support/media/photographs.js';
import { intersectionOverUnion } from '../../../vision/overlap.js';
import type { Box } from '../../../media/pixels/raster.js';
import type { ImageSource } from '../../../media/image-source.js';
import { DecodedImage } from '../decoded-image.js';

interface ShownFace {
  readonly box: Box;
  readonly landmarks: readonly [number, number][];
  readonly turn?: number;
  readonly embedding?: readonly number[];
}

/** A photograph, and where its faces are when it is 960 pixels wide. */
interface Group {
  readonly path: string;
  readonly faces: readonly Box[];
}

/** Pixels across at which the photographs themselves are looked at. */
const WIDTH = 960;

const PEOPLE = photographs.reduce((sum, { people }) => sum + people, 0);

let groups: readonly Group[];
let leafy: Sharp;

beforeAll(async () => {
  const found: Group[] = [];
  for (const { path, people } of photographs) {
    const faces = await facesIn(sharp(path).resize({ width: WIDTH }).jpeg());
    // As many as were counted by hand, large and close by.
    expect(faces).toHaveLength(people);
    found.push({ path, faces: faces.map(({ box }) => box) });
  }
  groups = found;
  leafy = await leaves(3000, 2000);
});

async function facesIn(image: Buffer | Sharp, options = {}): Promise<ShownFace[]> {
  const { results } = await analyzeImageWith(options, image, 'image/jpeg', 'faces');
  return results.faces as ShownFace[];
}

/** Blotches with grain, as of leaves, of one pattern side by side; the same in every run. */
async function leaves(width: number, height: number): Promise<Sharp> {
  const tile = { width: 1500, height: 1000 };
  const grain = await noise(250, 167, 9).resize(tile).png().toBuffer();
  const pattern = noise(63, 42, 5)
    .resize({ ...tile, fit: 'fill' })
    .composite([{ input: grain, blend: 'overlay' }]);
  const pixels = await pattern.removeAlpha().raw().toBuffer();
  const rows = Array.from({ length: height }, (_, y) => {
    const from = 3 * tile.width * (y % tile.height);
    return Array<Buffer>(width / tile.width).fill(pixels.subarray(from, from + 3 * tile.width));
  });
  return sharp(Buffer.concat(rows.flat()), { raw: { width, height, channels: 3 } });
}

function noise(width: number, height: number, seed: number): Sharp {
  const data = Buffer.alloc(width * height * 3);
  let state = seed;
  for (let at = 0; at < data.length; at++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    data[at] = 26 + 0.8 * (state >>> 24);
  }
  return sharp(data, { raw: { width, height, channels: 3 } });
}

const plain = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: '#6b7a5a' } });

/** Six groups spread over a canvas, the smallest face of each so many pixels high, and where the faces are. */
async function scene(canvas: Sharp, size: { width: number; height: number }, smallest: number, shown = groups) {
  const faces: Box[] = [];
  const pasted = shown.map(async (group, index) => {
    const scale = smallest / Math.min(...group.faces.map(({ height }) => height));
    const left = Math.round(size.width * (0.04 + 0.15 * index));
    const top = Math.round(size.height * (0.03 + ((0.37 * index) % 0.85)));
    for (const { x, y, width, height } of group.faces)
      faces.push({ x: left + x * scale, y: top + y * scale, width: width * scale, height: height * scale });
    const input = await sharp(group.path)
      .resize({ width: Math.round(WIDTH * scale) })
      .png()
      .toBuffer();
    return { input, left, top };
  });
  const image = canvas.composite(await Promise.all(pasted));
  return { faces, bytes: await image.jpeg({ quality: 90 }).toBuffer() };
}

/** How many of the faces are found where they are. */
const foundOf = (faces: readonly Box[], found: readonly ShownFace[]) =>
  faces.filter((face) => found.some(({ box }) => intersectionOverUnion(box, face) > 0.4)).length;

it.each([
  ['plain', 6000, 4000, 24, 21],
  ['leafy', 3000, 2000, 30, 21],
  ['plain', 12_000, 8000, 50, 21],
])('finds small faces on a %s canvas of %i × %i, %i pixels high', async (kind, width, height, smallest, least) => {
  const canvas = kind === 'plain' ? plain(width, height) : leafy.clone();
  const { faces, bytes } = await scene(canvas, { width, height }, smallest);

  const found = await facesIn(bytes);

  expect(faces).toHaveLength(PEOPLE);
  expect(foundOf(faces, found)).toBeGreaterThanOrEqual(least);
  expect(found.length).toBeLessThanOrEqual(PEOPLE);
  for (const { box, landmarks } of found)
    for (const [x, y] of landmarks) {
      expect(x > box.x - 0.1 * box.width && x < box.x + 1.1 * box.width).toBe(true);
      expect(y > box.y - 0.1 * box.height && y < box.y + 1.1 * box.height).toBe(true);
    }
});

it('finds none in a landscape, nor in leaves', async () => {
  expect(await facesIn(await landscape(2000, 1500).resize(3200, 2400).jpeg().toBuffer())).toEqual([]);
  expect(await facesIn(leafy.clone().jpeg())).toEqual([]);
});

it('finds small faces in a picture that lies on its side', async () => {
  const size = { width: 3200, height: 2100 };
  // Some of the others hold their heads so that they are found lying.
  const shown = Array<Group>(6).fill(groups[4]!);
  const { faces, bytes } = await scene(plain(size.width, size.height), size, 24, shown);
  const lying = await sharp(bytes).rotate(90).jpeg({ quality: 95 }).toBuffer();

  const found = await facesIn(lying, { rotations: true });

  expect(new Set(found.map(({ turn }) => turn))).toEqual(new Set([270]));
  // Turned clockwise, what was left is above and what was below is left.
  const expected = faces.map(({ x, y, width, height }) => {
    return { x: size.height - y - height, y: x, width: height, height: width };
  });
  expect(foundOf(expected, found)).toBeGreaterThanOrEqual(27);
});

it('finds the same in the same bytes', async () => {
  const size = { width: 2600, height: 1800 };
  const { bytes } = await scene(plain(size.width, size.height), size, 18, groups.slice(2, 3));
  expect(await facesIn(bytes, { embeddings: true })).toEqual(await facesIn(bytes, { embeddings: true }));
});

it('has nothing larger to look at when the picture is no larger than what all features see', async () => {
  const [small, larger] = [await DecodedImage.of(sourceOf(2500), {}), await DecodedImage.of(sourceOf(2501), {})];
  expect(small.large).toBeUndefined();
  expect(larger.large).toBeDefined();
});

/** An empty image, of which nothing is decoded. */
function sourceOf(width: number): ImageSource {
  return {
    facts: {
      width,
      height: 100,
      format: 'png',
      color_space: 'srgb',
      channels: 3,
      has_alpha: false,
      orientation: 1,
      density: null,
      frames: 1,
    },
    exif: null,
    view: () => Promise.resolve({ data: new Uint8Array(4), width: 1, height: 1 }),
    large: () => Promise.reject(new Error('No caller should ask for it')),
  };
}
