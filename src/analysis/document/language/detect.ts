import type { DetectedLanguage } from '../document-content.js';

/** More text makes the answer slower, not better. */
const SAMPLE_CHARACTERS = 20_000;
const MIN_LETTERS = 10;

/**
 * The language by its n-grams (tinyld). Confidence is the winner's share of the two best scores: 1 without a rival, 0.5
 * at a tie.
 */
export async function detectLanguage(prose: string): Promise<DetectedLanguage> {
  const sample = prose.slice(0, SAMPLE_CHARACTERS * 2).replace(/[^\p{L}\p{M}'’.,!?。、\s]+/gu, ' ');
  if ((sample.match(/\p{L}/gu)?.length ?? 0) < MIN_LETTERS) return { code: null, confidence: 0 };
  const { detectAll } = await import('tinyld');
  // Languages that ISO 639-1 does not know are no answer.
  const [best, next] = detectAll(sample.slice(0, SAMPLE_CHARACTERS)).filter(({ lang }) => lang.length === 2);
  if (!best) return { code: null, confidence: 0 };
  const share = best.accuracy / (best.accuracy + (next?.accuracy ?? 0));
  return { code: best.lang, confidence: Math.round(share * 1000) / 1000 };
}
