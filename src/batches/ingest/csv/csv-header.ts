import { CsvFault } from './csv-fault.js';
import type { Dialect } from './csv-dialect.js';

export interface Columns {
  /** Which field of a record is its URL. */
  readonly url: number;
  /** What the other fields are called, each differently, in their order. */
  readonly others: readonly string[];
}

const ADDRESS = /^\s*https?:\/\//i;

/**
 * @param wanted the name that the upload gives for the column of URLs.
 * @throws CsvFault when no column, or no single one, can be that of the URLs.
 */
export function columnsOf(dialect: Dialect, wanted: string | undefined): Columns {
  const names = dialect.header.map((name) => name.trim());
  if (names.some((name) => ADDRESS.test(name))) {
    throw new CsvFault('no_url_column', 'The first line must name the columns; it holds a URL.', 1);
  }
  const url = urlColumn(names, dialect, wanted);
  return { url, others: distinct(names).filter((_name, column) => column !== url) };
}

function urlColumn(names: readonly string[], dialect: Dialect, wanted: string | undefined): number {
  if (wanted !== undefined) {
    const named = indexOfName(names, wanted.trim());
    if (named >= 0) return named;
    throw noUrlColumn(`There is no column ${JSON.stringify(wanted.slice(0, 100))}.`, names);
  }
  const named = indexOfName(names, 'url');
  if (named >= 0) return named;
  const holding = names.map((_name, column) => column).filter((column) => holdsUrls(dialect.records, column));
  const [only] = holding;
  if (only !== undefined && holding.length === 1) return only;
  throw noUrlColumn(
    holding.length === 0
      ? 'No column is called url, and none holds URLs.'
      : 'No column is called url, and several hold URLs; name one with url_column.',
    names,
  );
}

/** The name as it stands, else whatever its case. */
function indexOfName(names: readonly string[], name: string): number {
  const exact = names.indexOf(name);
  return exact >= 0 ? exact : names.findIndex((other) => other.toLowerCase() === name.toLowerCase());
}

/** Whether most of what stands in a column looks like a web address. */
function holdsUrls(records: Dialect['records'], column: number): boolean {
  const values = records.map((record) => record[column] ?? '').filter((value) => value.trim() !== '');
  return values.length > 0 && values.filter((value) => ADDRESS.test(value)).length * 2 > values.length;
}

const noUrlColumn = (message: string, names: readonly string[]) =>
  new CsvFault(
    'no_url_column',
    message,
    null,
    names.slice(0, 50).map((name) => name.slice(0, 100)),
  );

/** Names that are there twice get a number, those that are not there the number of their column. */
function distinct(names: readonly string[]): string[] {
  const taken = new Set<string>();
  // The next number of each name: to begin anew for each would take a time that grows with the square of their number.
  const numbers = new Map<string, number>();
  return names.map((name, column) => {
    const plain = name || `column_${column + 1}`;
    let free = plain;
    while (taken.has(free)) {
      const number = numbers.get(plain) ?? 2;
      free = `${plain}_${number}`;
      numbers.set(plain, number + 1);
    }
    taken.add(free);
    return free;
  });
}
