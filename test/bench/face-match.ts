import { Gallery } from '../../src/vision/faces/embedding/gallery.js';
import { type Figures, takeTurns } from './figures.js';

/** Seconds for the turns of both. */
const TIME = 15;

const PEOPLE = 100_000;
const NUMBERS = 512;

/** How often one is looked for in a turn. */
const REPEATS = 5;

/** One face against 100,000, in milliseconds: a gallery against a plain double loop over the same embeddings. */
export async function faceMatchBenchmark(): Promise<Figures> {
  const people = Array.from({ length: PEOPLE }, (_, person) => embedding(person));
  const gallery = Gallery.of(people);
  const wanted = people[77_777]!;
  const { ours, reference } = await takeTurns(
    TIME,
    () => milliseconds(() => nearest(gallery.cosines(wanted))),
    () => milliseconds(() => nearest(people.map((person) => plainCosine(wanted, person)))),
  );
  return {
    name: 'face-match',
    unit: 'ms, less is better',
    ours,
    reference,
    reference_name: 'a double loop',
    ratio: reference / ours,
  };
}

/** Numbers of length 1, the same in every run. */
function embedding(person: number): Float32Array {
  let state = person + 1;
  const numbers = Float32Array.from({ length: NUMBERS }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32 - 0.5;
  });
  const length = Math.hypot(...numbers);
  return numbers.map((value) => value / length);
}

function milliseconds(find: () => number): Promise<number> {
  const start = performance.now();
  for (let repeat = 0; repeat < REPEATS; repeat++) if (find() !== 77_777) throw new Error('Somebody else was found');
  return Promise.resolve((performance.now() - start) / REPEATS);
}

function plainCosine(one: Float32Array, other: Float32Array): number {
  let sum = 0;
  for (let index = 0; index < NUMBERS; index++) sum += one[index]! * other[index]!;
  return sum;
}

function nearest(cosines: ArrayLike<number>): number {
  let best = 0;
  for (let index = 1; index < cosines.length; index++) if (cosines[index]! > cosines[best]!) best = index;
  return best;
}
