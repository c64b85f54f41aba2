import { cellsByRecord } from './table-records.js';

/** How sure a text is a table: `clear` by itself, `possible` when its name says so. */
export type TableEvidence = 'clear' | 'possible' | 'none';

const DELIMITERS = [',', ';', '\t', '|'] as const;

/** Of the records, how many must have the same number of cells. */
const EVEN_SHARE = 0.9;

/** Words in a cell on average, above which it is prose with commas. */
const MAX_WORDS = 6;

const NUMBER = /^[+-]?[$€£¥]?\d[\d.,']*(?:e[+-]?\d+)?[%€]?$/i;
const TIME = /^(?:\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:[T ]\d{1,2}:\d{2}[\d:.Z+-]*)?|\d{1,2}:\d{2}(?::\d{2})?)$/;
const FLAG_OR_ADDRESS = /^(?:true|false|yes|no|https?:\/\/\S+|[^\s@]+@[^\s@]+\.[a-z]{2,})$/i;

/**
 * Whether a text is a table in one of the four usual delimiters: at least two records with as many cells each, at least
 * two of them in use. What is like prose or a program needs a column of numbers, times, flags or addresses.
 * @param whole whether the text is all of the file, so that its last record is complete
 */
export function tableEvidence(text: string, whole: boolean): TableEvidence {
  const found = DELIMITERS.map((delimiter) => judge(cellsByRecord(text, delimiter, whole), delimiter));
  if (found.includes('clear')) return 'clear';
  return found.includes('possible') ? 'possible' : 'none';
}

type Records = readonly (readonly string[])[];

function judge(all: Records, delimiter: string): TableEvidence {
  const columns = usual(all.map((cells) => cells.length));
  const records = all.filter((cells) => cells.length === columns);
  if (records.length < 2 || columns < 2 || records.length < EVEN_SHARE * all.length) return 'none';
  if (columnsInUse(records, columns) < 2 || records.some(isRule)) return 'none';
  return isClear(records, columns, delimiter) ? 'clear' : 'possible';
}

function isClear(records: Records, columns: number, delimiter: string): boolean {
  const [header = [], ...rows] = records;
  if (average(records.flat().map(wordsIn)) > MAX_WORDS) return false;
  const labelled = new Set(header).size === columns && header.every(isLabel);
  const dataColumns = columnsWhere(columns, (column) => rows.every((cells) => isDatum(cells[column] ?? '')));
  if (labelled) return dataColumns > 0 || !isSpaced(records, delimiter);
  return dataColumns === columns || (dataColumns > 0 && columns > 2);
}

/** Source code fills one column only: each line ends with a semicolon or begins with a tab. */
const columnsInUse = (records: Records, columns: number): number =>
  columnsWhere(columns, (column) => 2 * records.filter((cells) => cells[column]?.trim()).length >= records.length);

/** The line below the header of a table in Markdown. */
const isRule = (cells: readonly string[]): boolean =>
  cells.every((cell) => /^\s*:?-*:?\s*$/.test(cell)) && cells.some(Boolean);

/** In prose a space follows every comma. */
function isSpaced(records: Records, delimiter: string): boolean {
  if (delimiter !== ',' && delimiter !== ';') return false;
  const behind = records.flatMap((cells) => cells.slice(1));
  return 2 * behind.filter((cell) => cell.startsWith(' ')).length > behind.length;
}

/** What may stand above a column: a few words that are neither a sentence nor part of a program. */
function isLabel(cell: string): boolean {
  const label = cell.trim();
  if (label.length > 60 || !/^[\p{L}_#*]/u.test(label) || /[{}<>=;]/.test(label)) return false;
  if (label.split('(').length !== label.split(')').length) return false;
  return wordsIn(label) <= 4 && !(wordsIn(label) > 2 && /[.!?]$/.test(label));
}

function isDatum(cell: string): boolean {
  const datum = cell.trim();
  return datum.length <= 2000 && [NUMBER, TIME, FLAG_OR_ADDRESS].some((kind) => kind.test(datum));
}

const wordsIn = (text: string): number => text.split(/\s+/).filter(Boolean).length;

const average = (numbers: readonly number[]): number =>
  numbers.reduce((sum, number) => sum + number, 0) / numbers.length;

function columnsWhere(columns: number, holds: (column: number) => boolean): number {
  return Array.from({ length: columns }, (_, column) => column).filter(holds).length;
}

/** The number that occurs most often; 0 for none. */
function usual(numbers: readonly number[]): number {
  const times = new Map<number, number>();
  for (const number of numbers) times.set(number, (times.get(number) ?? 0) + 1);
  return [...times].reduce((best, next) => (next[1] > best[1] ? next : best), [0, 0])[0];
}
