import { distinctNames } from './column-names.js';
import { cellsOf, fitsDouble, isoTime } from './copy-text.js';
import type { ColumnType, ExportColumn } from './exports.dto.js';

/** How a value that is there stands in JSON. Numbers that a double would change become texts, so that none is lost. */
const VALUE: Readonly<Record<ColumnType, (text: string) => string>> = {
  text: (text) => JSON.stringify(text),
  number: (text) => (fitsDouble(text) ? text : JSON.stringify(text)),
  boolean: (text) => (text === 't' ? 'true' : 'false'),
  time: (text) => `"${isoTime(text)}"`,
  // A line break can only stand between the parts of a JSON value, and would end a line of NDJSON.
  json: (text) => (/[\r\n]/.test(text) ? text.replace(/[\r\n]/g, ' ') : text),
};

/** One array with an object a row. */
export async function* writeJson(
  columns: readonly ExportColumn[],
  rows: AsyncIterable<Buffer>,
): AsyncGenerator<string> {
  yield '[';
  let separator = '\n';
  for await (const objects of objectsOf(columns, rows)) {
    yield separator + objects.join(',\n');
    separator = ',\n';
  }
  yield '\n]\n';
}

/** One object a line. */
export async function* writeNdjson(
  columns: readonly ExportColumn[],
  rows: AsyncIterable<Buffer>,
): AsyncGenerator<string> {
  for await (const objects of objectsOf(columns, rows)) yield `${objects.join('\n')}\n`;
}

async function* objectsOf(columns: readonly ExportColumn[], rows: AsyncIterable<Buffer>): AsyncGenerator<string[]> {
  const keys = distinctNames(columns).map((name, index) => `${index === 0 ? '{' : ','}${JSON.stringify(name)}:`);
  const values = columns.map(({ type }) => VALUE[type]);
  for await (const lines of rows) {
    yield Array.from(cellsOf(lines), (cells) => {
      let object = '';
      for (let column = 0; column < keys.length; column += 1) {
        const cell = cells[column] ?? null;
        object += (keys[column] ?? '') + (cell === null ? 'null' : (values[column]?.(cell) ?? 'null'));
      }
      return `${object}}`;
    });
  }
}
