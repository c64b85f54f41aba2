const MAX_RECORDS = 200;

/**
 * The cells of the first records, without empty lines; none when the quotes are not those of a table. A quoted cell may
 * hold delimiters, line breaks and doubled quotes (RFC 4180). Each character is looked at once.
 * @param whole whether the text is all there is; else its last record is left out
 */
export function cellsByRecord(text: string, delimiter: ',' | ';' | '\t' | '|', whole: boolean): string[][] {
  const plain = new RegExp(`[^${delimiter}\\r\\n]*`, 'y');
  const records: string[][] = [];
  let cells: string[] = [];
  for (let at = 0; at <= text.length && records.length < MAX_RECORDS; at += 1) {
    const end = text.charAt(at) === '"' ? endOfQuoted(text, at) : endOfPlain(text, at, plain);
    const next = text.charAt(end);
    if (next !== '' && next !== delimiter && next !== '\n' && next !== '\r') return [];
    if (next === '' && !whole) break;
    cells.push(text.slice(at, end));
    if (next !== delimiter) {
      if (cells.length > 1 || cells[0] !== '') records.push(cells);
      cells = [];
    }
    at = end;
  }
  return records;
}

function endOfPlain(text: string, at: number, plain: RegExp): number {
  plain.lastIndex = at;
  return at + (plain.exec(text)?.[0].length ?? 0);
}

/** Behind the closing quote, or the end of the text. */
function endOfQuoted(text: string, from: number): number {
  for (let at = text.indexOf('"', from + 1); at >= 0; at = text.indexOf('"', at + 2))
    if (text.charAt(at + 1) !== '"') return at + 1;
  return text.length;
}
