/** The parser's worst cases grow with the square of what it is given. */
const PIECE_CHARACTERS = 64 * 1024;
const FENCE = /^ {0,3}(`{3,}|~{3,})/;

/** Divides Markdown at empty lines outside fenced code, or where it must be when there is none for long. */
export async function* pieces(text: AsyncIterable<string>): AsyncGenerator<string> {
  let piece: string[] = [];
  let size = 0;
  let fence = '';
  for await (const line of lines(text)) {
    piece.push(line);
    size += line.length;
    fence = fenceAfter(fence, line);
    const due = size >= PIECE_CHARACTERS / 2 && fence === '' && line.trim() === '';
    if (!due && size < PIECE_CHARACTERS) continue;
    yield piece.join('\n');
    piece = [];
    size = 0;
    fence = '';
  }
  yield piece.join('\n');
}

function fenceAfter(open: string, line: string): string {
  const mark = FENCE.exec(line)?.[1] ?? '';
  if (open === '') return mark;
  return mark.startsWith(open) ? '' : open;
}

/** Lines without their ends; one that is longer than a piece comes in several. */
async function* lines(text: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of text) {
    const parts = (rest + chunk).split(/\r\n|\n/);
    rest = parts.pop() ?? '';
    yield* parts.flatMap(inParts);
    while (rest.length > PIECE_CHARACTERS) {
      yield rest.slice(0, PIECE_CHARACTERS);
      rest = rest.slice(PIECE_CHARACTERS);
    }
  }
  yield rest;
}

function inParts(line: string): string[] {
  const count = Math.max(1, Math.ceil(line.length / PIECE_CHARACTERS));
  return Array.from({ length: count }, (_, index) =>
    line.slice(index * PIECE_CHARACTERS, (index + 1) * PIECE_CHARACTERS),
  );
}
