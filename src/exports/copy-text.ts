/** Of a value that is not there. */
export const NULL = '\\N';

const ESCAPES: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };

/** The cells of every line, by the text format of COPY: tabs between them, backslashes before what would confuse. */
export function* cellsOf(lines: Buffer): Generator<(string | null)[]> {
  const text = lines.toString('utf8');
  for (let start = 0, end = text.indexOf('\n'); end >= 0; start = end + 1, end = text.indexOf('\n', start)) {
    const cells: (string | null)[] = text.slice(start, end).split('\t');
    for (let column = 0; column < cells.length; column += 1) {
      const cell = cells[column] ?? '';
      cells[column] = cell === NULL ? null : unescape(cell);
    }
    yield cells;
  }
}

export function unescape(cell: string): string {
  if (!cell.includes('\\')) return cell;
  return cell.replace(/\\(.)/g, (_, character: string) => ESCAPES[character] ?? character);
}

/** A timestamptz as PostgreSQL writes it in UTC, in ISO 8601 with milliseconds; what is no moment stays as it is. */
export function isoTime(text: string): string {
  if (text.charAt(10) !== ' ' || !text.endsWith('+00')) return text;
  const fraction = text.slice(20, -3).slice(0, 3).padEnd(3, '0');
  return `${text.slice(0, 10)}T${text.slice(11, 19)}.${fraction}Z`;
}

/** Whether a number survives in a double, as which JSON and spreadsheets are read. */
export function fitsDouble(text: string): boolean {
  if (/^-?\d{1,15}$/.test(text)) return true;
  const value = Number(text);
  if (!Number.isFinite(value)) return false;
  return text.replace(/e.*|[^\d]/gi, '').replace(/^0+/, '').length <= 15 || String(value) === text;
}
