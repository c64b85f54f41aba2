import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { DocumentFacts, DocumentReader } from '../document-content.js';
import { TextCollector } from '../text-collector.js';
import { readCsv } from './csv/read-csv.js';
import { readHtml } from './html/read-html.js';
import { readMarkdown } from './markdown/read-markdown.js';
import { readPlainText } from './plain-text.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'formats-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function read(reader: DocumentReader, bytes: Buffer | string): Promise<DocumentFacts & { content: string }> {
  const path = join(folder, 'upload');
  await writeFile(path, bytes);
  const text = new TextCollector(join(folder, 'text'));
  try {
    const facts = await reader({ path, text, ocrMaxPages: 0, progress: () => undefined, report: () => undefined });
    return { ...facts, content: text.finish().head };
  } finally {
    text.close();
  }
}

describe('plain text', () => {
  const written = 'Grüße – “naïve” façade €5';

  it.each([
    ['UTF-8', Buffer.from(written)],
    ['UTF-8 with a mark', Buffer.from(`\ufeff${written}`)],
    ['UTF-16 with a mark', Buffer.from(`\ufeff${written}`, 'utf16le')],
    ['UTF-16 without', Buffer.from(written, 'utf16le')],
    ['UTF-16 the other way round', Buffer.from(`\ufeff${written}`, 'utf16le').swap16()],
    // 0xfc ü, 0xdf ß, 0x96 –, 0x93 “, 0xef ï, 0x94 ”, 0xe7 ç, 0x80 €
    ['windows-1252', Buffer.from('4772fcdf6520962093 6e61ef766594 206661e7616465208035'.replace(/ /g, ''), 'hex')],
  ])('is read as %s', async (_, bytes) => {
    const { content } = await read(readPlainText, bytes);

    expect(content).toBe(written);
  });

  it('is UTF-8 also when a character lies across what is read at once', async () => {
    const long = `${'x'.repeat(256 * 1024 - 1)}é${'y'.repeat(256 * 1024 - 3)}🙂`;
    const { content } = await read(readPlainText, long);

    expect(content).toBe(long.slice(0, 256 * 1024));
  });

  it('is not made of other bytes', async () => {
    const bytes = Buffer.from(Array.from({ length: 3000 }, (_, index) => (index * 7) % 256));

    await expect(read(readPlainText, bytes)).rejects.toMatchObject({ code: 'document_unreadable' });
  });
});

describe('CSV', () => {
  it('puts a row in a line, whatever is quoted in it', async () => {
    const found = await read(readCsv, 'name,remark\r\n"Smith, J.","said ""no""\nand left"\r\n\r\nshort\r\n');

    expect(found.content).toBe('name\tremark\nSmith, J.\tsaid "no" and left\nshort\n');
    expect(found.structure.tables).toBe(1);
  });

  it.each([';', '\t', '|'])('finds the delimiter %j', async (delimiter) => {
    const rows = [
      ['a, b', 'c'],
      ['1,5', '2'],
    ];
    const { content } = await read(readCsv, rows.map((row) => row.join(delimiter)).join('\n'));

    expect(content).toBe('a, b\tc\n1,5\t2\n');
  });

  it('fails on a quote that is never closed', async () => {
    await expect(read(readCsv, `a,b\n"${'x,y\n'.repeat(500_000)}`)).rejects.toMatchObject({
      code: 'document_unreadable',
    });
    await expect(read(readCsv, 'a,b\n"open')).rejects.toMatchObject({ code: 'document_unreadable' });
  });
});

describe('Markdown', () => {
  it('leaves what is to be read and counts the rest', async () => {
    const found = await read(
      readMarkdown,
      '# The *Engine*\n\nIt [weaves](https://example.org/) `code`\nand ![a picture](p.png).\n\nSetext\n------\n\n' +
        '| a | b |\n|---|---|\n| 1 | 2 |\n\n~~~\n# no heading\n~~~\n\n<img src="x">\n\n[ref]: https://example.com/\n\nSee [ref].\n',
    );

    expect(found.metadata.title).toBe('The Engine');
    expect(found.structure).toMatchObject({ headings: 2, links: 2, images: 2, tables: 1 });
    expect(found.content.split('\n').filter((line) => line !== '')).toEqual([
      'The Engine',
      'It weaves code',
      'and a picture.',
      'Setext',
      'a\tb',
      '1\t2',
      '# no heading',
      'See ref.',
    ]);
  });

  it('counts the same in a file of many pieces', async () => {
    const section = `## Heading\n\n${'A [link](https://example.org/) in a paragraph. '.repeat(20)}\n\n`;
    const found = await read(readMarkdown, section.repeat(300));

    expect(found.structure).toMatchObject({ headings: 300, links: 6000 });
  });

  it.each(['[', '![[]()', '*a **b ', '>', '`', '<!--', '- ', '[a](', '<', '|a'])(
    'bears %j without end',
    async (mark) => {
      const found = await read(readMarkdown, mark.repeat(200_000 / mark.length));

      expect(found.format).toBe('md');
    },
  );
});

describe('HTML', () => {
  it('reads what a reader would see', async () => {
    const found = await read(
      readHtml,
      '<!doctype html><html><head><title>Notes &amp; <b></title><meta name="Author" content="Ada Lovelace">' +
        '<meta property="article:published_time" content="2024-01-31T12:00:00+01:00"><style>p{}</style></head><body>' +
        '<h1>The\n  Engine</h1><p>It <b>weaves</b>patterns, <i>slowly</i>.</p><script>let x = "<p>no</p>";</script>' +
        '<table><tr><th>a<th>b<tr><td>1<td>2</table><pre>kept  as\n it is</pre>' +
        '<a href="/x">one</a> <a name="y">two</a><br><img src="https://example.org/x.png"><noscript>hidden</noscript>',
    );

    expect(found.metadata).toEqual({
      title: 'Notes & <b>',
      author: 'Ada Lovelace',
      created: '2024-01-31T11:00:00.000Z',
      modified: null,
    });
    expect(found.structure).toMatchObject({ headings: 1, tables: 1, links: 1, images: 1 });
    expect(found.content.split('\n').filter((line) => line !== '')).toEqual([
      'The Engine',
      'It weavespatterns, slowly.',
      'a\tb',
      '1\t2',
      'kept  as',
      ' it is',
      'one two',
    ]);
  });

  it('believes the page about its charset', async () => {
    const { content } = await read(
      readHtml,
      Buffer.concat([Buffer.from('<meta charset="iso-8859-2"><p>'), Buffer.from([0xb3, 0xf3, 0x64, 0xbc])]),
    );

    expect(content.trim()).toBe('łódź');
  });

  it('refuses nesting without end', async () => {
    await expect(read(readHtml, '<div>'.repeat(300_000))).rejects.toMatchObject({ code: 'document_unreadable' });
  });

  it.each(['<', '<a ', '<!--', '&', '&#', '<a href="', '<p>', '</p>', '<title>'])(
    'bears %j without end',
    async (mark) => {
      const found = await read(readHtml, mark.repeat(100_000));

      expect(found.format).toBe('html');
    },
  );
});
