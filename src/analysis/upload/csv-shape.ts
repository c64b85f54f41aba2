import type { TextSample } from './text-sample.js';

const DELIMITERS = [',', ';', '\t', '|'];

/** Records that are looked at. */
const RECORDS = 100;

/** Words a record that a list with a single column has at most; prose has more. */
const SINGLE_COLUMN_WORDS = 3;

/**
 * Whether a text is a table of values: `table` when records agree on a delimiter as tables do, `perhaps` when a name
 * that ends in .csv would settle it, `no` otherwise.
 */
export function tableEvidence(sample: TextSample): 'table' | 'perhaps' | 'no' {
  const all = DELIMITERS.map((delimiter) => evidenceOf(sample, delimiter));
  if (all.includes('table')) return 'table';
  return all.includes('perhaps') || isSingleColumn(sample) ? 'perhaps' : 'no';
}

function evidenceOf({ head, cut }: TextSample, delimiter: string): 'table' | 'perhaps' | 'no' {
  const records = recordsOf(head, delimiter, cut);
  if (records === null || records.length < 2) return 'no';
  const columns = records[0]?.length ?? 0;
  if (columns < 2) return 'no';
  const agreeing = records.filter((record) => record.length === columns).length / records.length;
  if (agreeing < 0.8) return 'no';
  const clear = agreeing === 1 && records.length * columns >= 6 && !readsLikeProse(records);
  return clear ? 'table' : 'perhaps';
}

/** Commas of prose are followed by a space and part long phrases. */
function readsLikeProse(records: readonly string[][]): boolean {
  const cells = records.flatMap((record) => record.slice(1));
  const spaced = cells.filter((cell) => cell.startsWith(' ')).length;
  const long = records.flat().filter((cell) => cell.trim().split(/\s+/).length > 12).length;
  return spaced > cells.length / 2 || long > cells.length / 2;
}

/** Records of the head by RFC 4180, without one that is cut off; null when its quotes are broken. */
function recordsOf(text: string, delimiter: string, cut: boolean): string[][] | null {
  const records: string[][] = [];
  let record: string[] = [];
  let cell = '';
  let quoted = false;
  for (let at = 0; at < text.length && records.length < RECORDS; at += 1) {
    const character = text.charAt(at);
    if (quoted) {
      if (character !== '"') cell += character;
      else if (text.charAt(at + 1) === '"') cell += text.charAt(++at);
      else quoted = false;
    } else if (character === '"' && cell === '') quoted = true;
    else if (character === delimiter) {
      record.push(cell);
      cell = '';
    } else if (character === '\n') {
      record.push(cell.replace(/\r$/, ''));
      if (record.length > 1 || record[0] !== '') records.push(record);
      record = [];
      cell = '';
    } else cell += character;
  }
  if (quoted && !cut) return null;
  if (!cut && records.length < RECORDS && (record.length > 0 || cell !== '')) records.push([...record, cell]);
  return records;
}

function isSingleColumn({ head }: TextSample): boolean {
  const lines = head
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(0, RECORDS);
  return lines.length >= 2 && lines.every((line) => line.trim().split(/\s+/).length <= SINGLE_COLUMN_WORDS);
}
