import { cleanText } from './clean-text.js';

describe('cleanText', () => {
  it('cuts at a word', () => {
    expect(cleanText('one two three four', 10)).toBe('one two');
    expect(cleanText('one two three', 13)).toBe('one two three');
  });

  it('cuts where it must when there is no word', () => {
    expect(cleanText('🙂'.repeat(30), 10)).toBe('🙂'.repeat(10));
  });

  it('keeps to what JSON stores take', () => {
    expect(cleanText('  a\u0000\n\tb \ud83d ', 50)).toBe('a b \ufffd');
    expect(cleanText('\u0000 \n', 50)).toBeNull();
  });
});
