/** How sure a text is Markdown: `clear` by itself, `some` when nothing speaks against it. */
export type MarkdownEvidence = 'clear' | 'some' | 'none';

const MAX_LINES = 2000;
const MAX_CHARACTERS_A_LINE = 1000;

const FENCE = /^ {0,3}(?:```|~~~)/;
const HEADING = /^ {0,3}(#{1,6}) +\S/;

/** Signs that hardly anything but Markdown has. */
const CERTAIN: readonly RegExp[] = [
  /(?:^|[\s(*_!|])\[[^\][]{1,200}\]\((?:https?:|mailto:|[#/]|\.{1,2}\/|[\w-]+[./])[^\s()]*/,
  /^ {0,3}\[[^\][]{1,100}\]: +\S+/,
  /(?:^|\s)\*\*[^\s*][^*]{0,200}[^\s*]\*\*(?=\W|$)/,
  /^ {0,3}\|?(?: *:?-{3,}:? *\|)+(?: *:?-{3,}:? *)?$/,
];

/** Signs that comments, letters and settings have, too. */
const COMMON: readonly RegExp[] = [/^ {0,3}(?:[-*+]|\d{1,3}[.)]) +\S/, /^ {0,3}> ?\S/, /(?:^|\s)`[^`]+`/];

/** Looks for headings, code in fences, links, emphasis, tables, lists, quotes and code in the text's first lines. */
export function markdownEvidence(text: string): MarkdownEvidence {
  const lines = text.split(/\r\n|\n|\r/, MAX_LINES).map((line) => line.slice(0, MAX_CHARACTERS_A_LINE));
  const fences = lines.filter((line) => FENCE.test(line)).length;
  const prose = withoutComments(withoutFenced(lines));
  const headings = headingLevels(prose);
  const certain = CERTAIN.filter((sign) => prose.some((line) => sign.test(line))).length + (fences > 1 ? 1 : 0);
  const common = COMMON.filter((sign) => prose.some((line) => sign.test(line))).length;
  const kinds = certain + common + Math.min(1, headings);
  if (certain > 0 && kinds > 1) return 'clear';
  // Settings have commented headlines, but rarely of two ranks, each in a paragraph of its own.
  if (headings > 1 && common > 0) return 'clear';
  return kinds > 0 ? 'some' : 'none';
}

function withoutFenced(lines: readonly string[]): string[] {
  let fenced = false;
  return lines.filter((line) => {
    const fence = FENCE.test(line);
    if (fence) fenced = !fenced;
    return !fenced && !fence;
  });
}

/** Programs describe themselves in Markdown, too, but in comments. */
function withoutComments(lines: readonly string[]): string[] {
  let commented = false;
  return lines
    .filter((line) => {
      if (/^\s*\/\*/.test(line)) commented = true;
      const comment = commented;
      if (line.includes('*/')) commented = false;
      return !comment;
    })
    .map((line) => line.replace(/(?:^|\s)\/\/.*/, ''));
}

/** How many ranks of headings there are that stand between empty lines. */
function headingLevels(lines: readonly string[]): number {
  const isEmpty = (line: string | undefined) => !line?.trim();
  const levels = lines
    .filter((_, index) => isEmpty(lines[index - 1]) && isEmpty(lines[index + 1]))
    .map((line) => HEADING.exec(line)?.[1]?.length)
    .filter((level) => level !== undefined);
  return new Set(levels).size;
}
