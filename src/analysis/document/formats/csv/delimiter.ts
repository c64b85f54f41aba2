/** The comma last: it is the one that also stands in texts and numbers. */
const DELIMITERS = [';', '\t', '|', ','];
const SAMPLE_CHARACTERS = 16 * 1024;
const SAMPLE_LINES = 20;

/** The delimiter that most first lines have, and have equally often; a comma when there is none. */
export async function delimiterOf(text: AsyncIterable<string>): Promise<string> {
  const lines = unquoted(await head(text))
    .split(/\r\n|\n|\r/)
    .filter((line) => line !== '');
  const counted = DELIMITERS.map((delimiter) => {
    const counts = lines.slice(0, SAMPLE_LINES).map((line) => line.split(delimiter).length - 1);
    const first = counts[0] ?? 0;
    return { delimiter, score: first === 0 ? 0 : counts.filter((count) => count === first).length, first };
  });
  const [best] = counted.sort((one, other) => other.score - one.score || other.first - one.first);
  return best && best.score > 0 ? best.delimiter : ',';
}

/** What stands in quotes divides nothing. */
function unquoted(text: string): string {
  return text.replace(/"[^"]*"/g, '');
}

async function head(text: AsyncIterable<string>): Promise<string> {
  let start = '';
  for await (const piece of text) {
    start += piece;
    if (start.length >= SAMPLE_CHARACTERS) break;
  }
  return start.slice(0, SAMPLE_CHARACTERS);
}
