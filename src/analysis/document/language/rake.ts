import { joiner, tokens } from './words.js';

/** Longer runs between stop words are tables and lists rather than terms. */
const MAX_PHRASE_WORDS = 6;
/** From this many different phrases on, chance makes long phrases that occur once; then terms must recur. */
const RECURRENCE_FROM_PHRASES = 500;
const SCORE_PRECISION = 1000;

export interface Keyword {
  readonly term: string;
  /** The sum of its words' degree ÷ frequency, three decimals. */
  readonly score: number;
  /** How often the phrase occurs. */
  readonly count: number;
}

type Phrase = readonly string[];

/**
 * Rapid automatic keyword extraction (Rose, Engel, Cramer, Cowley: Automatic keyword extraction from individual
 * documents, 2010): candidates are the runs of words between stop words and punctuation; a word scores degree ÷
 * frequency, a phrase the sum of its words. Unlike the paper, phrases of more than six words are no candidates, and in a
 * long text a phrase has to occur twice. Adjoining keywords are not joined over their stop words.
 */
export function rankPhrases(
  text: string,
  stopWords: ReadonlySet<string>,
  code: string | null,
  limit: number,
): readonly Keyword[] {
  const phrases = [...candidates(text, stopWords, code)];
  const scores = wordScores(phrases);
  const keywords = [...occurrences(phrases, joiner(code))].map(([term, { phrase, count }]) => ({
    term,
    score:
      Math.round(phrase.reduce((sum, word) => sum + (scores.get(word) ?? 0), 0) * SCORE_PRECISION) / SCORE_PRECISION,
    count,
  }));
  const ranked = keywords.sort((one, other) => other.score - one.score || other.count - one.count);
  return (ranked.length > RECURRENCE_FROM_PHRASES ? recurringFirst(ranked) : ranked).slice(0, limit);
}

function* candidates(text: string, stopWords: ReadonlySet<string>, code: string | null): Generator<Phrase> {
  let phrase: string[] = [];
  for (const { word, follows } of tokens(text, code)) {
    const term = word.toLowerCase();
    const divides = !/\p{L}/u.test(term) || stopWords.has(term.replace(/’/g, "'"));
    if (divides || !follows) {
      if (isCandidate(phrase)) yield phrase;
      phrase = [];
    }
    if (!divides) phrase.push(term);
  }
  if (isCandidate(phrase)) yield phrase;
}

/** A letter on its own says nothing, an ideograph does. */
function isCandidate(phrase: Phrase): boolean {
  if (phrase.length === 0 || phrase.length > MAX_PHRASE_WORDS) return false;
  return phrase.length > 1 || /..|\p{Script=Han}/su.test(phrase[0] ?? '');
}

function wordScores(phrases: readonly Phrase[]): ReadonlyMap<string, number> {
  const words = new Map<string, { degree: number; frequency: number }>();
  for (const phrase of phrases) {
    for (const word of phrase) {
      const { degree, frequency } = words.get(word) ?? { degree: 0, frequency: 0 };
      words.set(word, { degree: degree + phrase.length, frequency: frequency + 1 });
    }
  }
  return new Map([...words].map(([word, { degree, frequency }]) => [word, degree / frequency]));
}

function occurrences(phrases: readonly Phrase[], join: string): ReadonlyMap<string, { phrase: Phrase; count: number }> {
  const found = new Map<string, { phrase: Phrase; count: number }>();
  for (const phrase of phrases) {
    const term = phrase.join(join);
    found.set(term, { phrase, count: (found.get(term)?.count ?? 0) + 1 });
  }
  return found;
}

function recurringFirst(ranked: readonly Keyword[]): readonly Keyword[] {
  return [...ranked.filter(({ count }) => count > 1), ...ranked.filter(({ count }) => count === 1)];
}
