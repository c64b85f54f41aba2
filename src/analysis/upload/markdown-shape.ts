/** Lines that are looked at. */
const LINES = 400;

/** Kinds of mark that people who write Markdown leave; each is linear in the line. */
const MARKS: readonly RegExp[] = [
  /^#{1,6} \S/,
  /^(```|~~~)/,
  /\[[^\][]{1,200}\]\([^()\s]{1,500}\)/,
  /^\|?(?: ?:?-{3,}:? ?\|)+(?: ?:?-{3,}:? ?)?\|?\s*$/,
  /(^|\s)\*\*\S[^*]{0,200}\*\*/,
  /^> \S/,
  /^(={3,}|-{3,})\s*$/,
  /^\s{0,3}[-*+] \S/,
];

/** How many kinds of Markdown's marks stand in a text; scripts, whose comments look like headings, have none. */
export function markdownEvidence(text: string): number {
  if (text.startsWith('#!')) return 0;
  const lines = text.split('\n', LINES).map((line) => line.slice(0, 1_000));
  return MARKS.filter((mark) => lines.some((line) => mark.test(line))).length;
}
