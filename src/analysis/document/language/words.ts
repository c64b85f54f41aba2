const WORD = /[\p{L}\p{M}\p{N}]+(?:['’\-‑][\p{L}\p{M}\p{N}]+)*/gu;
const SPACES = /^[^\S\n\t]*$/;
/** Languages that put no spaces between words are divided by the dictionaries of ICU. */
const WITHOUT_SPACES: ReadonlySet<string> = new Set(['zh', 'ja', 'th', 'lo', 'km', 'my']);
// Each segment drags a copy of what it was cut from along, so ICU gets short pieces only.
const PIECE_CHARACTERS = 200;
const MAX_WORD_CHARACTERS = 50;

export interface Token {
  readonly word: string;
  /** Whether nothing but a space stands between this word and the one before. */
  readonly follows: boolean;
}

/** The words of a text with hyphens and apostrophes inside kept, and where phrases end. Linear in its length. */
export function* tokens(text: string, code: string | null): Generator<Token> {
  const apart = code !== null && WITHOUT_SPACES.has(code);
  let end = 0;
  for (const { 0: run, index } of text.matchAll(WORD)) {
    const follows = SPACES.test(text.slice(end, index));
    end = index + run.length;
    if (apart) yield* dictionaryWords(run, code, follows);
    // What is longer is no word but data: it is left out, and no phrase reaches over the gap.
    else if (run.length <= MAX_WORD_CHARACTERS) yield { word: run, follows };
    else end = index;
  }
}

function* dictionaryWords(run: string, code: string, follows: boolean): Generator<Token> {
  const segmenter = new Intl.Segmenter(code, { granularity: 'word' });
  let first = !follows;
  for (let at = 0; at < run.length; at += PIECE_CHARACTERS) {
    for (const { segment, isWordLike } of segmenter.segment(run.slice(at, at + PIECE_CHARACTERS))) {
      if (isWordLike !== true) continue;
      yield { word: segment, follows: !first };
      first = false;
    }
  }
}

/** How words of a phrase are joined in this language. */
export function joiner(code: string | null): string {
  return code !== null && WITHOUT_SPACES.has(code) ? '' : ' ';
}
