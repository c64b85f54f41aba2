import { lineReader } from './lines.js';

const linesOf = (...chunks: string[]): string[] => {
  const lines: string[] = [];
  const read = lineReader((line) => lines.push(line));
  for (const chunk of chunks) read(Buffer.from(chunk));
  return lines;
};

it('puts lines together whatever the chunks are cut like', () => {
  expect(linesOf('a\nb', 'c', '\n\nd\n')).toEqual(['a', 'bc', '', 'd']);
});

it('keeps back a line that has not ended', () => {
  expect(linesOf('a\nb')).toEqual(['a']);
});

it('drops a line that is too long, in one chunk or in many, and reads on', () => {
  expect(linesOf(`${'x'.repeat(10_000)}\na\n`)).toEqual(['a']);
  expect(linesOf(...Array.from({ length: 100 }, () => 'x'.repeat(1_000)), 'end\na\n')).toEqual(['a']);
});
