import { parse } from 'csv-parse/sync';
import { Workbook } from 'exceljs';
import { buffer } from 'node:stream/consumers';
import { Pool } from 'pg';
import { buildGround, type Ground } from '../../test/support/facet.js';
import { writeCsv } from './csv.js';
import type { ExportColumn, ExportQuery } from './exports.dto.js';
import { ExportStatement } from './export-statement.js';
import { writeJson, writeNdjson } from './json.js';
import { copyStatement } from './statement.js';
import { streamOf } from '../platform/http/stream-of.js';
import { writeXlsx } from './xlsx/xlsx.js';

let ground: Ground;
let pool: Pool;

beforeAll(async () => {
  ground = await buildGround();
  // A zone and a style of dates that are not those of the exports.
  pool = new Pool({ connectionString: ground.databaseUrl, options: '-c timezone=Asia/Kolkata -c datestyle=German' });
});

afterAll(async () => {
  await pool.end();
  await ground.remove();
});

type Writer = (columns: readonly ExportColumn[], rows: AsyncIterable<Buffer>) => AsyncGenerator<Buffer | string>;

async function exported(write: Writer, query: ExportQuery): Promise<Buffer> {
  const statement = await ExportStatement.begin(pool, copyStatement(query));
  return buffer(streamOf(write(query.columns, statement.rows), () => statement.end()));
}

interface Row {
  readonly text?: string | null;
  readonly number?: string | null;
  readonly boolean?: boolean | null;
  readonly time?: string | null;
  readonly json?: string | null;
}

const COLUMNS: readonly ExportColumn[] = [
  { name: 'text', type: 'text', sql: 'text' },
  { name: 'number', type: 'number', sql: 'number::numeric' },
  { name: 'boolean', type: 'boolean', sql: 'boolean' },
  { name: 'time', type: 'time', sql: 'time' },
  { name: 'json', type: 'json', sql: 'json::json' },
  { name: 'last', type: 'text', sql: 'text' },
];

const queryOf = (rows: readonly Row[], columns = COLUMNS): ExportQuery => ({
  columns,
  from: `FROM ROWS FROM (json_to_recordset($1) AS (text text, number text, boolean boolean, time timestamptz, json text))
                  WITH ORDINALITY ORDER BY ordinality`,
  values: [JSON.stringify(rows)],
});

const csv = async (query: ExportQuery): Promise<string[][]> =>
  parse(await exported(writeCsv, query), { record_delimiter: '\r\n' });

const HEAD = ['text', 'number', 'boolean', 'time', 'json', 'last'];

/** Texts, and what a spreadsheet that opens the CSV is to find for each. */
const TEXTS: readonly (readonly [string, string])[] = [
  ...[
    'plain',
    '',
    'a,b',
    'say "hi"',
    '"',
    '""',
    'two\nlines',
    'two\r\nlines',
    'end\r',
    'back\\slash',
    '\\N',
    '\\.',
    '\\',
  ].map((text) => [text, text] as const),
  ...[
    'ảnh 写真 😀',
    'あ',
    ' lead',
    'a\tb',
    'a=b',
    '_x0041_',
    '&<>\'"]]>',
    'N',
    "'",
    '\u0001\b\v\f\u001f\u007f',
    '\u2028',
  ].map((text) => [text, text] as const),
  ...['\ufffe\uffff', '𝄞'.repeat(5000), 'x'.repeat(32_767), `{"a":"${'"'.repeat(200_000)}`].map(
    (text) => [text, text] as const,
  ),
  // Plain numbers stay numbers.
  ...['-5', '+5', '-1.5e-3', '+1E9'].map((text) => [text, text] as const),
  ...[
    '=1+1',
    '+1+1',
    '-1-1',
    '@SUM(A1)',
    '\t=1',
    '\rx',
    '\nx',
    ' =1',
    '\u00a0=1',
    '\u3000=1',
    '\ufeff=1',
    '＝1',
    '－1',
    '-',
  ].map((text) => [text, `'${text}`] as const),
  ...['=HYPERLINK("http://e.example","x")', '=1,2', '-1\n+2', '\\=1', '=\\'].map(
    (text) => [text, text.startsWith('\\') ? text : `'${text}`] as const,
  ),
];

describe('CSV', () => {
  it('begins with its head, also when there are no rows', async () => {
    expect((await exported(writeCsv, queryOf([]))).toString()).toBe('text,number,boolean,time,json,last\r\n');
  });

  it('carries every text, with an apostrophe before a formula', async () => {
    const rows = await csv(queryOf(TEXTS.map(([text]) => ({ text }))));
    expect(rows).toEqual([HEAD, ...TEXTS.map(([, shown]) => [shown, '', '', '', '', shown])]);
  });

  it('carries numbers, booleans, times and JSON', async () => {
    const [, ...rows] = await csv(queryOf(VALUES));
    expect(rows).toEqual([
      ['', '-12.50', 'true', '2025-03-30T12:00:00.000Z', '{"a": "=1,\\"\\n"}', ''],
      ['', '123456789012345678901234567890', 'false', '1969-12-31T23:59:59.120Z', '-1', ''],
      ['', 'NaN', '', '2025-03-30T12:00:00.123Z', '[1,\n2]', ''],
      ['', '', '', 'infinity', '', ''],
    ]);
  });

  it('tells a text that is empty from one that is not there', async () => {
    const text = (await exported(writeCsv, queryOf([{ text: '' }, { text: null }]))).toString();
    expect(text.split('\r\n').slice(1, 3)).toEqual(['"",,,,,""', ',,,,,']);
  });

  it('makes names harmless and distinct', async () => {
    const names = ['url', '=cmd', 'url', 'a,"b"', 'url_2', 'url'];
    const columns = names.map((name): ExportColumn => ({ name, type: 'text', sql: 'text' }));
    const [head] = await csv(queryOf([], columns));
    expect(head).toEqual(['url', "'=cmd", 'url_2', 'a,"b"', 'url_2_2', 'url_3']);
  });
});

const VALUES: readonly Row[] = [
  { number: '-12.50', boolean: true, time: '2025-03-30T17:30:00+05:30', json: '{"a": "=1,\\"\\n"}' },
  { number: '123456789012345678901234567890', boolean: false, time: '1969-12-31T23:59:59.12Z', json: '-1' },
  { number: 'NaN', time: '2025-03-30T12:00:00.123999Z', json: '[1,\n2]' },
  { time: 'infinity' },
];

describe('JSON', () => {
  const json = async (rows: readonly Row[]) => JSON.parse((await exported(writeJson, queryOf(rows))).toString());

  it('is an array, also when there are no rows', async () => {
    expect(await json([])).toEqual([]);
  });

  it('carries every text as it is', async () => {
    const nothing = { number: null, boolean: null, time: null, json: null };
    const rows = TEXTS.map(([text]) => ({ ...nothing, text, last: text }));
    expect(await json(TEXTS.map(([text]) => ({ text })))).toEqual(rows);
  });

  it('carries typed values, and as a text the number that a double would change', async () => {
    expect(await json(VALUES)).toMatchObject([
      { number: -12.5, boolean: true, time: '2025-03-30T12:00:00.000Z', json: { a: '=1,"\n' } },
      { number: '123456789012345678901234567890', boolean: false, time: '1969-12-31T23:59:59.120Z', json: -1 },
      { number: 'NaN', boolean: null, time: '2025-03-30T12:00:00.123Z', json: [1, 2] },
      { number: null, boolean: null, time: 'infinity', json: null },
    ]);
    const numbers = [
      '9007199254740991',
      '9007199254740993',
      '0.1',
      '-0.30000000000000004',
      '1e+20',
      '12345678901234567.5',
    ];
    expect((await json(numbers.map((number) => ({ number })))).map(({ number }: any) => number)).toEqual([
      9007199254740991,
      '9007199254740993',
      0.1,
      -0.30000000000000004,
      100000000000000000000,
      '12345678901234567.5',
    ]);
  });

  it('is one object a line as NDJSON', async () => {
    const text = (await exported(writeNdjson, queryOf([...VALUES, { text: 'two\r\nlines' }]))).toString();
    const lines = text.split('\n');
    expect(lines.pop()).toBe('');
    expect(lines.map((line) => JSON.parse(line))).toEqual(await json([...VALUES, { text: 'two\r\nlines' }]));
    expect((await exported(writeNdjson, queryOf([]))).length).toBe(0);
  });
});

describe('XLSX', () => {
  async function open(rows: readonly Row[], limits?: { rows: number; bytes: number }): Promise<Workbook> {
    const bytes = await exported((columns, pieces) => writeXlsx(columns, pieces, limits), queryOf(rows));
    const workbook = new Workbook();
    await workbook.xlsx.load(bytes as never);
    return workbook;
  }

  const valuesOf = (workbook: Workbook, name: string, number: number): unknown[] => {
    const row = workbook.getWorksheet(name)!.getRow(number);
    return HEAD.map((_, index) => row.getCell(index + 1).value);
  };

  it('has a bold head that stays in view, also when there are no rows', async () => {
    const workbook = await open([]);
    const sheet = workbook.getWorksheet('Sheet1')!;
    expect(valuesOf(workbook, 'Sheet1', 1)).toEqual(HEAD);
    expect(sheet.rowCount).toBe(1);
    expect(sheet.getCell('A1').font.bold).toBe(true);
    expect(sheet.views).toMatchObject([{ state: 'frozen', ySplit: 1 }]);
  });

  it('carries every text as text, cut where a cell is full', async () => {
    const workbook = await open(TEXTS.map(([text]) => ({ text })));
    const texts = TEXTS.map((_, index) => (valuesOf(workbook, 'Sheet1', index + 2)[0] ?? '') as string);
    const expected = TEXTS.map(([text]) => (text.length > 32_767 ? `${text.slice(0, 32_766)}…` : text));
    // The reader knows the escapes of spreadsheets only in part: decoded here by their definition.
    const decoded = texts.map((text) =>
      text.replace(/_x([0-9A-F]{4})_/g, (_, code: string) => String.fromCharCode(parseInt(code, 16))),
    );
    expect(decoded).toEqual(expected);
    expect(workbook.getWorksheet('Sheet1')!.getCell('A35').type).toBe(3);
  });

  it('types numbers, booleans and times', async () => {
    const workbook = await open(VALUES);
    expect(valuesOf(workbook, 'Sheet1', 2)).toEqual([
      null,
      -12.5,
      true,
      new Date('2025-03-30T12:00:00Z'),
      '{"a": "=1,\\"\\n"}',
      null,
    ]);
    expect(valuesOf(workbook, 'Sheet1', 3).slice(1, 4)).toEqual([
      '123456789012345678901234567890',
      false,
      new Date('1969-12-31T23:59:59.120Z'),
    ]);
    expect(valuesOf(workbook, 'Sheet1', 4).slice(1, 4)).toEqual(['NaN', null, new Date('2025-03-30T12:00:00.123Z')]);
    expect(valuesOf(workbook, 'Sheet1', 5)[3]).toBe('infinity');
    expect(workbook.getWorksheet('Sheet1')!.getCell('D2').numFmt).toContain('yyyy');
  });

  it('keeps times that spreadsheets cannot count as texts', async () => {
    const workbook = await open([{ time: '1900-02-28T00:00:00Z' }, { time: '1900-03-01T00:00:00Z' }]);
    expect(valuesOf(workbook, 'Sheet1', 2)[3]).toBe('1900-02-28T00:00:00.000Z');
    expect(valuesOf(workbook, 'Sheet1', 3)[3]).toEqual(new Date('1900-03-01T00:00:00Z'));
  });

  it.each([
    ['rows', { rows: 10, bytes: 1e9 }, 12],
    // Every piece is larger than that, and there are two of them.
    ['bytes', { rows: 1e6, bytes: 1 }, 2],
  ])('goes on in a further sheet at its limit of %s', async (_limit, limits, sheets) => {
    const long = 'long '.repeat(600);
    const rows = Array.from({ length: 100 }, (_, index) => ({ text: `${index}`, json: `"${long}"` }));
    const workbook = await open(rows, limits);
    expect(workbook.worksheets.map(({ name }) => name)).toEqual(
      Array.from({ length: sheets }, (_, index) => `Sheet${index + 1}`),
    );
    const seen: unknown[] = [];
    for (const sheet of workbook.worksheets) {
      expect(sheet.rowCount).toBeLessThanOrEqual(limits.rows);
      expect(valuesOf(workbook, sheet.name, 1)).toEqual(HEAD);
      sheet.eachRow((row, number) => number > 1 && seen.push(row.getCell(1).value));
    }
    expect(seen).toEqual(rows.map(({ text }) => text));
  });
});
