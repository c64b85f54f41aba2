import sharp, { type Sharp } from 'sharp';
import { photographs } from '../../../../test/support/media/photographs.js';
import { modelsDirectory } from '../../../../test/support/models.js';
import { cosine } from './cosine.js';
import { type Face, FaceDescriber } from '../describe-faces.js';

let describer: FaceDescriber;
let originals: readonly { readonly picture: Buffer; readonly people: readonly Face[] }[];

async function facesIn(picture: Sharp): Promise<Face[]> {
  const { data, info } = await picture.removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return describer.describeFaces({ data, width: info.width, height: info.height, channels: 3 });
}

const likeness = (one: Face, other: Face) => cosine(one.embedding!, other.embedding!);

beforeAll(async () => {
  describer = await FaceDescriber.load(modelsDirectory, { embeddings: true });
  const found = [];
  for (const { path } of photographs) {
    const picture = await sharp(path).resize({ width: 1000 }).png({ compressionLevel: 1 }).toBuffer();
    found.push({ picture, people: await facesIn(sharp(picture)) });
  }
  originals = found;
});

const changes: [string, (picture: Sharp) => Sharp | Promise<Sharp>][] = [
  ['a third of the size', (picture) => picture.resize({ width: 333 })],
  ['darker', (picture) => picture.modulate({ brightness: 0.7 })],
  ['brighter', (picture) => picture.modulate({ brightness: 1.2 })],
  ['a JPEG of quality 40', async (picture) => sharp(await picture.jpeg({ quality: 40 }).toBuffer())],
  ['cropped', (picture) => picture.extract({ left: 31, top: 16, width: 937, height: 635 })],
];

it.each(changes)('knows people again in a picture that is %s', async (_name, change) => {
  let known = 0;
  for (const { picture, people } of originals)
    for (const face of await facesIn(await change(sharp(picture)))) {
      const [best, next = -1] = people.map((person) => likeness(face, person)).sort((one, other) => other - one);
      expect(best).toBeGreaterThanOrEqual(0.5);
      expect(next).toBeLessThan(0.45);
      known += 1;
    }
  // One of the 22 is so bright already that more light washes her face out.
  expect(known).toBeGreaterThanOrEqual(21);
});

it('tells people apart who are in one photograph', () => {
  expect(originals.map(({ people }) => people.length)).toEqual(photographs.map(({ people }) => people));
  for (const { people } of originals)
    for (const [index, one] of people.entries())
      for (const other of people.slice(index + 1)) expect(likeness(one, other)).toBeLessThan(0.45);
});
