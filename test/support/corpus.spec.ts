import { createHash } from 'node:crypto';
import { mediaTypes } from '../../src/media/media-type/media-type.js';
import { type HostileCase, hostileCorpus } from './corpus.js';

const all = async (seed?: number): Promise<HostileCase[]> => {
  const cases: HostileCase[] = [];
  for await (const made of hostileCorpus(seed)) cases.push(made);
  return cases;
};

const digests = (cases: readonly HostileCase[]) =>
  cases.map(({ bytes }) => createHash('sha256').update(bytes).digest('hex'));

let cases: HostileCase[];

beforeAll(async () => {
  cases = await all();
});

it('has two hundred cases, each with a name of its own', () => {
  expect(cases).toHaveLength(200);
  expect(new Set(cases.map(({ name }) => name)).size).toBe(200);
});

it('has at least five cases of every media type, none of them empty or large', () => {
  for (const type of Object.keys(mediaTypes)) {
    expect({ type, enough: cases.filter(({ base }) => base === type).length >= 5 }).toEqual({ type, enough: true });
  }
  for (const { name, bytes } of cases) {
    expect({ name, fits: bytes.length > 0 && bytes.length < 3_000_000 }).toEqual({ name, fits: true });
  }
});

it('is the same for the same seed', async () => {
  const again = await all(1);
  expect(digests(again)).toEqual(digests(cases));
  expect(again.map(({ filename }) => filename)).toEqual(cases.map(({ filename }) => filename));
});

it('is damaged elsewhere for another seed', async () => {
  const [one, other] = [digests(cases), digests(await all(2))];
  const changed = one.filter((digest, index) => digest !== other[index]).length;
  expect(changed).toBeGreaterThan(30);
});

it('has no two files alike but for the ones that lie by their names', () => {
  const own = cases.filter(({ name }) => !/^name \d+|called/.test(name));
  expect(new Set(digests(own)).size).toBe(own.length);
});
