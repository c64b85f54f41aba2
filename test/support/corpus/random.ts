/** Numbers from 0 up to 1. */
export type Random = () => number;

/** The generator mulberry32 (T. Ettinger, 2017): the same seed, the same numbers. */
export function mulberry32(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A whole number from `from` up to, not including, `to`. */
export const between = (random: Random, from: number, to: number): number => from + Math.floor(random() * (to - from));
