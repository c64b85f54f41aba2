import { type MediaType, mediaTypes } from '../../src/media/media-type/media-type.js';
import { type Bases, buildBases } from './corpus/bases.js';
import { damages } from './corpus/damage.js';
import type { HostileCase } from './corpus/hostile-case.js';
import { lies } from './corpus/lies.js';
import { hostileNames } from './corpus/names.js';
import { polyglots } from './corpus/polyglots.js';
import { mulberry32, type Random } from './corpus/random.js';
import { traps } from './corpus/traps.js';

export type { HostileCase } from './corpus/hostile-case.js';

const CASES = 200;

/** Two hundred files that mean no good, of every media type; the same seed, the same files. */
export async function* hostileCorpus(seed = 1): AsyncIterable<HostileCase> {
  const bases = await buildBases();
  const random = mulberry32(seed);
  let cases = 0;
  for (const make of [lies, traps, polyglots, hostileNames]) {
    for (const made of make(bases, random)) {
      cases += 1;
      yield made;
    }
  }
  yield* damaged(CASES - cases, bases, random);
}

/** One type after the other, each time with the next damage: all types get equally many, and different ones. */
function* damaged(count: number, bases: Bases, random: Random): Iterable<HostileCase> {
  const types = Object.keys(mediaTypes) as MediaType[];
  const kinds = Object.entries(damages);
  for (let index = 0; index < count; index++) {
    const base = types[index % types.length];
    const kind = kinds[(index + 3 * Math.floor(index / types.length)) % kinds.length];
    if (!base || !kind) return;
    const { extension } = mediaTypes[base];
    const [what, damage] = kind;
    yield { name: `${extension} ${what}`, filename: `damaged.${extension}`, bytes: damage(bases[base], random), base };
  }
}
