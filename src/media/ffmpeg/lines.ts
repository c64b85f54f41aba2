/** Characters of a line; a longer one is dropped, since no line that is waited for is as long. */
const MAX_LINE_CHARACTERS = 8_192;

/** Answers a function that takes chunks of text and hands on its whole lines, whatever the chunks are cut like. */
export function lineReader(onLine: (line: string) => void): (chunk: Buffer) => void {
  let rest = '';
  let tooLong = false;
  return (chunk) => {
    const lines = (rest + chunk.toString('latin1')).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (!tooLong && line.length <= MAX_LINE_CHARACTERS) onLine(line);
      tooLong = false;
    }
    if (rest.length > MAX_LINE_CHARACTERS) {
      tooLong = true;
      rest = '';
    }
  };
}
