import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { HEAD_CHARACTERS, MAX_CHARACTERS, TextCollector } from './text-collector.js';
import type { CollectedText } from './text-collector.js';

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'collector-'));
  path = join(folder, 'text');
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function collect(...pieces: string[]): CollectedText {
  const collector = new TextCollector(path);
  for (const piece of pieces) collector.write(piece);
  const text = collector.finish();
  collector.close();
  return text;
}

describe('TextCollector', () => {
  it('counts as wc does', () => {
    const text = 'Crème brûlée,  twice.\n\n\tthree – four 🙂\nno line end';
    const found = collect(text);
    const counted = execFileSync('wc', ['-w', '-m', path], { encoding: 'utf8', env: { LC_ALL: 'C.UTF-8' } });

    expect(readFileSync(path, 'utf8')).toBe(text);
    expect(counted.trim().split(/\s+/).slice(0, 2).map(Number)).toEqual([found.words, found.characters]);
    expect(found).toMatchObject({ lines: 4, head: text, truncated: false });
  });

  it('finds the same in pieces cut anywhere, also between CR and LF and within a pair of surrogates', () => {
    const text = 'one\r\ntwo 🙂🙂 three\rfour\n五六 end';
    const whole = collect(text);
    const plain = readFileSync(path, 'utf8');

    expect(collect(...text.split(''))).toEqual(whole);
    expect(readFileSync(path, 'utf8')).toBe(plain);
    expect(plain).toBe('one\ntwo 🙂🙂 three\nfour\n五六 end');
    expect(whole).toMatchObject({ lines: 4, words: 8 });
  });

  it('never tears a pair of surrogates where it writes to the file', () => {
    const piece = `${'a'.repeat(HEAD_CHARACTERS - 1)}\ud83d`;

    collect(piece, '\ude42 end');
    expect(readFileSync(path, 'utf8')).toBe(`${'a'.repeat(HEAD_CHARACTERS - 1)}🙂 end`);
  });

  it('drops what no JSON store takes', () => {
    expect(collect('a\u0000b\u0007c\ufeff\td').head).toBe('abc\td');
  });

  it('keeps a bounded head and says when the text was cut', () => {
    const block = 'word '.repeat(2_000_000);
    const found = collect(...Array.from({ length: 27 }, () => block));

    expect(found.head).toHaveLength(HEAD_CHARACTERS);
    expect(found).toMatchObject({ truncated: true, characters: MAX_CHARACTERS, words: Math.ceil(MAX_CHARACTERS / 5) });
  });
});
