import { fleschKincaidGrade, fleschReadingEase } from './flesch.js';
import { measureProse, sentences, unwrap } from './prose.js';

describe('measureProse', () => {
  it('counts sentences, words and syllables', async () => {
    // The(1) cat(1) sat(1) on(1) the(1) mat(1). It(1) was(1) very(2) happy(2)!
    expect(await measureProse('The cat sat on the mat. It was very happy!')).toEqual({
      sentences: 2,
      words: 10,
      syllables: 12,
    });
  });

  it('finds nothing in nothing', async () => {
    expect(await measureProse(' … 42 ')).toEqual({ sentences: 1, words: 1, syllables: 1 });
    expect(await measureProse(' ... ')).toEqual({ sentences: 0, words: 0, syllables: 0 });
  });
});

describe('sentences', () => {
  it('does not end at titles, initials and decimals', () => {
    const text = 'Dr. Watson met J. H. Watt. The value was 3.14 then. "Really?" He left';

    expect([...sentences(text)].map((sentence) => sentence.trim())).toEqual([
      'Dr. Watson met J. H. Watt.',
      'The value was 3.14 then.',
      '"Really?"',
      'He left',
    ]);
  });
});

describe('the formulas', () => {
  it('agree with a calculation by hand', () => {
    const measures = { sentences: 2, words: 10, syllables: 12 };

    // 206.835 − 1.015 × 5 − 84.6 × 1.2 and 0.39 × 5 + 11.8 × 1.2 − 15.59
    expect(fleschReadingEase(measures)).toBe(100.24);
    expect(fleschKincaidGrade(measures)).toBe(0.52);
  });
});

describe('unwrap', () => {
  it('joins lines of a paragraph and keeps paragraphs apart', () => {
    expect(unwrap('one\ntwo\nthree\n\nfour\n')).toBe('one two three\n\nfour\n');
  });
});
