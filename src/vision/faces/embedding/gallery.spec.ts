import { cosine } from './cosine.js';
import { Gallery } from './gallery.js';

const unit = (seed: number, length: number): Float32Array => {
  const raw = Float32Array.from({ length }, (_, index) => Math.sin((seed + 1) * (index + 3) * 1.618));
  const norm = Math.hypot(...raw);
  return raw.map((value) => value / norm);
};

it.each([512, 7, 1])('finds the cosines of %i numbers as one by one', (length) => {
  const all = Array.from({ length: 50 }, (_, seed) => unit(seed, length));
  const cosines = Gallery.of(all).cosines(all[17]!);
  expect(cosines).toHaveLength(50);
  for (const [index, other] of all.entries()) {
    expect(cosines[index]).toBeCloseTo(cosine(all[17]!, other), 5);
    expect(cosines[index]).toBeCloseTo(
      other.reduce((sum, value, at) => sum + value * all[17]![at]!, 0),
      5,
    );
  }
  expect(cosines[17]).toBeCloseTo(1, 5);
});

it('may be empty', () => {
  expect(Gallery.of([]).cosines(unit(1, 4))).toHaveLength(0);
});

it('refuses embeddings of different lengths', () => {
  expect(() => Gallery.of([unit(1, 4), unit(1, 5)])).toThrow(RangeError);
});
