import { between, type Random } from './random.js';

type Damage = (bytes: Buffer, random: Random) => Buffer;

const cutAt =
  (share: number): Damage =>
  (bytes) =>
    bytes.subarray(0, Math.max(1, Math.floor(bytes.length * share)));

/** Most containers keep their tables within so many bytes. */
const HEADER = 64;

/** What disks, networks and bored people do to a file, whatever its format. */
export const damages: Readonly<Record<string, Damage>> = {
  'cut at 1 %': cutAt(0.01),
  'cut at 50 %': cutAt(0.5),
  'cut at 99 %': cutAt(0.99),
  'cut inside the header': (bytes, random) => bytes.subarray(0, between(random, 9, Math.min(HEADER, bytes.length))),
  'bits flipped': (bytes, random) => {
    const copy = Buffer.from(bytes);
    for (let flip = 0; flip < 24; flip++) {
      // Every third one hits the front; the signature stays, so that a decoder is reached.
      const at = between(random, 12, flip % 3 === 0 ? Math.min(512, copy.length) : copy.length);
      copy[at] = (copy[at] ?? 0) ^ (1 << between(random, 0, 8));
    }
    return copy;
  },
  'blocks zeroed': (bytes, random) => {
    const copy = Buffer.from(bytes);
    for (let block = 0; block < 3; block++) {
      const at = between(random, 16, copy.length);
      copy.fill(0, at, Math.min(copy.length, at + Math.ceil(copy.length / 20)));
    }
    return copy;
  },
  'chunks swapped': (bytes, random) => {
    const [first, second, third, fourth] = quarters(bytes, random);
    return Buffer.concat([first, third, second, fourth]);
  },
  'chunks repeated': (bytes, random) => {
    const [first, second, third, fourth] = quarters(bytes, random);
    return Buffer.concat([first, second, second, third, second, fourth, third]);
  },
};

/** Four parts, cut anywhere behind the first bytes. */
function quarters(bytes: Buffer, random: Random): [Buffer, Buffer, Buffer, Buffer] {
  const [a = 0, b = 0, c = 0] = [0, 0, 0].map(() => between(random, 16, bytes.length)).sort((x, y) => x - y);
  return [bytes.subarray(0, a), bytes.subarray(a, b), bytes.subarray(b, c), bytes.subarray(c)];
}
