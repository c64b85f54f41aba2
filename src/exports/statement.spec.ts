import { Client } from 'pg';
import type { ExportQuery } from './exports.dto.js';
import { CopyRows } from './copy-rows.js';
import { cellsOf } from './copy-text.js';
import { copyStatement } from './statement.js';

let client: Client;

beforeAll(async () => {
  client = new Client({ connectionString: process.env.TEST_DATABASE_URL });
  await client.connect();
});

afterAll(() => client.end());

const queryOf = (sql: string, values: readonly unknown[]): ExportQuery => ({
  columns: [{ name: 'value', type: 'text', sql }],
  from: '',
  values,
});

async function answer(sql: string, values: readonly unknown[]): Promise<unknown> {
  const cells: (string | null)[] = [];
  for await (const lines of client.query(new CopyRows(copyStatement(queryOf(sql, values))))) {
    for (const [cell] of cellsOf(lines)) cells.push(cell ?? null);
  }
  expect(cells).toHaveLength(1);
  return cells[0];
}

it.each([
  `'`,
  `'; DROP TABLE analyses; --`,
  `\\'; --`,
  '\\',
  `$1`,
  '$$',
  `E'\\x41'`,
  `') TO PROGRAM 'true'`,
  'ảnh\n\t\\N',
  '',
  '%_',
])('takes %j for a text and nothing else', async (value) => {
  expect(await answer('$1::text', [value])).toBe(value);
  expect(await answer('$2::text || $1::text', [value, '$1'])).toBe(`$1${value}`);
});

it('takes numbers, booleans, times and nothing', async () => {
  expect(await answer('$1::float8 + 1', [-2.5])).toBe('-1.5');
  expect(await answer('not $1::boolean', [true])).toBe('f');
  expect(await answer(`extract(epoch from $1::timestamptz)`, [new Date(1_234)])).toBe('1.234000');
  expect(await answer('$1::text', [null])).toBeNull();
});

it.each([
  ['9999-12-31T23:59:59.999Z', '253402300799.999000'],
  ['+010000-01-01T00:00:00.000Z', '253402300800.000000'],
  ['0001-01-01T00:00:00.000Z', '-62135596800.000000'],
  ['0000-12-31T23:59:59.999Z', '-62135596800.001000'],
  ['-000001-12-31T00:00:00.000Z', '-62167305600.000000'],
])('takes %s for the moment that it is', async (moment, seconds) => {
  expect(await answer(`extract(epoch from $1::timestamptz)`, [new Date(moment)])).toBe(seconds);
});

it('refuses a date that is no moment', () => {
  expect(() => copyStatement(queryOf('$1', [new Date(NaN)]))).toThrow(RangeError);
});

it.each(['a\0b', undefined, NaN, Infinity, {}, ['a'], Symbol('a')])('refuses %p', (value) => {
  expect(() => copyStatement(queryOf('$1', [value]))).toThrow(TypeError);
});
