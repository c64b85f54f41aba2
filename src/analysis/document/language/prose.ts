import { tokens } from './words.js';

/** Titles and the like, whose full stop ends no sentence. */
const ABBREVIATION = /(?:^|[\s(])(?:mr|mrs|ms|dr|prof|st|vs|etc|e\.g|i\.e|fig|no|vol|\p{Lu})\.$/iu;
const SENTENCE_END = /[.!?…]["'”’)\]]*(?=\s)|[。！？]|\n/gu;
const MAX_ABBREVIATION_CHARACTERS = 8;

export interface ProseMeasures {
  readonly sentences: number;
  readonly words: number;
  readonly syllables: number;
}

/** Sentences of which each has a word, their words, and syllables as English counts them. */
export async function measureProse(prose: string): Promise<ProseMeasures> {
  const { syllable } = await import('syllable');
  const known = new Map<string, number>();
  const measures = { sentences: 0, words: 0, syllables: 0 };
  for (const sentence of sentences(prose)) {
    let words = 0;
    for (const { word } of tokens(sentence, null)) {
      const count = known.get(word) ?? Math.max(1, syllable(word));
      known.set(word, count);
      words += 1;
      measures.syllables += count;
    }
    measures.words += words;
    if (words > 0) measures.sentences += 1;
  }
  return measures;
}

/** Sentences end with their mark and white space, or with the line. */
export function* sentences(prose: string): Generator<string> {
  let start = 0;
  for (const { 0: mark, index } of prose.matchAll(SENTENCE_END)) {
    const end = index + mark.length;
    if (mark === '.' && ABBREVIATION.test(prose.slice(Math.max(start, end - MAX_ABBREVIATION_CHARACTERS), end)))
      continue;
    yield prose.slice(start, end);
    start = end;
  }
  yield prose.slice(start);
}

/** Joins lines that end only because the page did; an empty line still ends a paragraph. */
export function unwrap(text: string): string {
  return text.replace(/([^\n])\n(?=[^\n])/g, '$1 ');
}
