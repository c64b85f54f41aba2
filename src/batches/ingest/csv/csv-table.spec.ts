import { parse } from 'csv-parse/sync';
import type { CsvFault } from './csv-fault.js';
import { MAX_FIELDS } from './csv-record.js';
import { MAX_RECORD } from './csv-reader.js';
import { CsvTable } from './csv-table.js';

interface Reading {
  readonly columns: CsvTable['columns'];
  readonly rows: string[][];
  readonly lines: number[];
}

/** Reads a file in pieces of this many bytes. */
function read(file: string | Buffer, size = 65_536, urlColumn?: string): Reading {
  const rows: string[][] = [];
  const lines: number[] = [];
  const table = new CsvTable(urlColumn, (record, _bytes, line) => {
    rows.push(Array.from({ length: record.size }, (_field, index) => record.text(index)));
    lines.push(line);
  });
  const bytes = Buffer.from(file);
  for (let at = 0; at < bytes.length; at += size) table.read(bytes.subarray(at, at + size));
  table.end();
  return { columns: table.columns, rows, lines };
}

function faultOf(file: string | Buffer, size?: number, urlColumn?: string): CsvFault {
  try {
    read(file, size, urlColumn);
  } catch (error) {
    return error as CsvFault;
  }
  throw new Error('It was not refused');
}

/** What another parser finds in the file, the header left out. */
const truth = (file: string, delimiter: string): string[][] =>
  parse(file, {
    delimiter,
    bom: true,
    relax_quotes: true,
    relax_column_count: true,
    skip_empty_lines: true,
    record_delimiter: ['\r\n', '\n', '\r'],
  }).slice(1);

/** A seeded generator of whole numbers below a bound. */
function dice(seed: number): (bound: number) => number {
  let state = seed;
  return (bound) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 4294967296) * bound);
  };
}

const PIECES = ['a', 'é', '漢', '🎉', ' ', '""', 'http://x/', "'", '0', '='];
const IN_QUOTES = [...PIECES, ',', ';', '\t', '\n', '\r\n', '\r'];

function randomFile(seed: number): { file: string; delimiter: string } {
  const roll = dice(seed);
  const pick = <T>(from: readonly T[]): T => from[roll(from.length)]!;
  const delimiter = pick([',', ';', '\t']);
  const field = (): string => {
    if (roll(3) > 0) return Array.from({ length: roll(4) }, () => pick(['a', 'é', '漢', '🎉', 'b"c', '-'])).join('');
    return `"${Array.from({ length: roll(5) }, () => pick(IN_QUOTES)).join('')}"`;
  };
  const line = () => Array.from({ length: 3 + roll(2) }, field).join(delimiter) + pick(['\n', '\r\n', '\r']);
  const body = Array.from({ length: 1 + roll(12) }, () => (roll(8) === 0 ? pick(['\n', '\r\n']) : '') + line());
  const file = `${roll(2) === 0 ? '\ufeff' : ''}"url"${delimiter}b${delimiter}c\n${body.join('')}x${delimiter}y${delimiter}z`;
  return { file: roll(2) === 0 ? file : `${file}\r\n`, delimiter };
}

it('reads what another parser reads, wherever the pieces end', () => {
  for (let seed = 1; seed <= 400; seed++) {
    const { file, delimiter } = randomFile(seed);
    const expected = truth(file, delimiter);
    expect({ seed, rows: read(file).rows }).toEqual({ seed, rows: expected });
  }
  for (let seed = 1; seed <= 40; seed++) {
    const { file, delimiter } = randomFile(seed);
    const big = file + `\n${`p${delimiter}"q\nr"${delimiter}é\r\n`.repeat(6_000)}`;
    const expected = truth(big, delimiter);
    expect({ seed, rows: read(big, 65_536 + seed).rows }).toEqual({ seed, rows: expected });
  }
});

it('reads the same at every boundary of a small file', () => {
  const file = '\ufeffurl;"na;me"\r\nhttp://é/;"a ""b"" \r\n c"\r\n\r\n"http://x/";\r"🎉";"" \n';
  const clean = file.replace('"" \n', '""\n');
  const expected = truth(clean, ';');
  expect(expected).toEqual([
    ['http://é/', 'a "b" \r\n c'],
    ['http://x/', ''],
    ['🎉', ''],
  ]);
  const { length } = Buffer.from(clean);
  for (let size = 1; size <= length; size++) expect(read(clean, size).rows).toEqual(expected);
});

it('carries records over the ends of pieces of any size once the sample is over', () => {
  const filler = `${'f'.repeat(64)},x\n`.repeat(1_100);
  const tail = 'http://é/🎉,"a ""b""\r\nc"\r\nlast,"z"';
  const expected = truth(`url,b\n${filler}${tail}`, ',');
  for (let size = 1; size <= 64; size++) {
    const rows: string[][] = [];
    const table = new CsvTable(undefined, (record) => rows.push([record.text(0), record.text(1)]));
    table.read(Buffer.from(`url,b\n${filler}`));
    const bytes = Buffer.from(tail);
    for (let at = 0; at < bytes.length; at += size) table.read(bytes.subarray(at, at + size));
    table.end();
    expect(rows).toEqual(expected);
  }
});

it('tells on which line a record begins', () => {
  expect(read('url,b\r\nx,"1\n2\r\n3"\n\n\ny,z\rw,v').lines).toEqual([2, 7, 8]);
});

describe('the delimiter', () => {
  it.each([
    ['a comma', 'url,b\nx,y\n', [['x', 'y']]],
    ['a semicolon', 'url;b\nx,1;y\n', [['x,1', 'y']]],
    ['a tab', 'url\tb\nx;,\ty\n', [['x;,', 'y']]],
    ['in quotes only', 'url;"b,c"\n"1,2";y\n', [['1,2', 'y']]],
    ['in the header by accident', 'url;title, subtitle\nx;y\nz;w\n', [['x', 'y'], ['z', 'w']]], // prettier-ignore
    ['none: commas belong to the address', 'url\nhttp://a/1,2;3\n', [['http://a/1,2;3']]],
  ])('is %s', (_case, file, rows) => {
    expect(read(file).rows).toEqual(rows);
  });
});

describe('the columns', () => {
  it.each([
    ['by name', 'id,url\n1,x\n', undefined, 1, ['id']],
    ['by name, whatever its case', 'id, URL \n1,x\n', undefined, 1, ['id']],
    ['by the name given', 'url,image\n1,x\n', 'Image', 1, ['url']],
    ['by what they hold', 'id,photo,note\n1,http://x/,\n2,HTTPS://y/,z\n3,broken,w\n', undefined, 1, ['id', 'note']],
    ['named twice', 'a,url,a,a_2\n1,x,2,3\n', undefined, 1, ['a', 'a_2', 'a_2_2']],
    ['not named', 'url,,b\nx,1,2\n', undefined, 0, ['column_2', 'b']],
  ])('%s', (_case, file, wanted, url, others) => {
    expect(read(file, 65_536, wanted).columns).toEqual({ url, others });
  });

  it.each([
    ['no header', 'http://a/\nhttp://b/\n', undefined, /first line/],
    ['none that holds URLs', 'a,b\n1,2\n', undefined, /none holds URLs/],
    ['two that hold URLs', 'a,b\nhttp://x/,http://y/\n', undefined, /several/],
    ['a name that is not there', 'url,b\nhttp://x/,2\n', 'link', /"link"/],
  ])('refuses %s', (_case, file, wanted, message) => {
    const fault = faultOf(file, 65_536, wanted);
    expect(fault).toMatchObject({ kind: 'no_url_column', message: expect.stringMatching(message) });
  });
});

describe('refuses', () => {
  it.each([
    ['nothing at all', '', 'empty', null],
    ['blank lines', '\n\r\n\n', 'empty', null],
    ['a header alone', 'url,b\n', 'empty', null],
    ['a quote that is never closed', 'url,b\nx,y\n\nx,"y\nz\n', 'malformed', 4],
    ['one in the header', '"url,b\nx,y\n', 'malformed', 1],
    ['text after a quote', 'url,b\nx,"y\n\n"z\n', 'malformed', 4],
    ['UTF-16', Buffer.from('\ufeffurl\nhttp://x/', 'utf16le'), 'malformed', 1],
    ['bytes that are no UTF-8', Buffer.from('url\nhttp://x/\n\xfc\n', 'latin1'), 'malformed', 3],
    ['half a character at the end', Buffer.from('url\nhttp://x/\nhttp://y/\xe6\xbc', 'latin1'), 'malformed', 3],
    ['a surrogate', Buffer.from('url\n\xed\xa0\x80\n', 'latin1'), 'malformed', 2],
    ['a NUL', 'url\nhttp://x/\n"\n\0"', 'malformed', 4],
    ['a picture', Buffer.from('89504e470d0a1a0a0000000d', 'hex'), 'malformed', 3],
    ['too many columns', `url\n,${','.repeat(MAX_FIELDS)}\n`.replace('url', 'url,b'), 'malformed', 2],
  ])('%s', (_case, file, kind, line) => {
    expect(faultOf(file)).toMatchObject({ kind, line });
    expect(faultOf(file, 1)).toMatchObject({ kind, line });
  });

  it('a fault far behind the sample', () => {
    const rows = 'http://é/🎉,"1\r\n2"\r\n'.repeat(20_000);
    for (const size of [1_000, 65_537, 10_000_000]) {
      expect(faultOf(`url,b\n${rows}x,"`, size)).toMatchObject({ kind: 'malformed', line: 40_002 });
      expect(faultOf(Buffer.from(`url,b\n${rows}x,\0\n`), size)).toMatchObject({ kind: 'malformed', line: 40_002 });
      const latin = Buffer.concat([Buffer.from(`url,b\n${rows}`), Buffer.from([0xff, 0x0a])]);
      expect(faultOf(latin, size)).toMatchObject({ kind: 'malformed', line: 40_002 });
    }
  });

  it('a record without an end', () => {
    const endless = `url,b\nx,y\nz,"${'w\n'.repeat(MAX_RECORD)}`;
    expect(faultOf(endless)).toMatchObject({ kind: 'malformed', line: 3 });
    expect(faultOf('u'.repeat(MAX_RECORD))).toMatchObject({ kind: 'malformed', line: 1 });
  });
});
