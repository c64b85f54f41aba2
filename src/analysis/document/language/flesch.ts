import type { ProseMeasures } from './prose.js';

/** Flesch: A new readability yardstick (1948). 0–100 in common texts, higher is easier; two decimals. */
export function fleschReadingEase({ words, sentences, syllables }: ProseMeasures): number {
  return hundredths(206.835 - 1.015 * (words / sentences) - 84.6 * (syllables / words));
}

/** Kincaid, Fishburne, Rogers, Chissom: Derivation of new readability formulas (1975). School years; two decimals. */
export function fleschKincaidGrade({ words, sentences, syllables }: ProseMeasures): number {
  return hundredths(0.39 * (words / sentences) + 11.8 * (syllables / words) - 15.59);
}

function hundredths(value: number): number {
  return Math.round(value * 100) / 100;
}
