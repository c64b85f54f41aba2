import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { strToU8 } from 'fflate';

import { buildDocx } from '../../../../test/support/media/documents.js';
import {
  buildEncryptedOffice,
  buildEntityBomb,
  buildEntityThief,
  buildLyingZip,
  buildManyEntries,
  buildManyPartBomb,
  buildWordFile,
  buildZipBomb,
  patchSizes,
  wordBody,
  wordParagraph,
} from '../../../../test/support/media/documents-hostile.js';
import type { DocumentFacts } from '../document-content.js';
import { TextCollector } from '../text-collector.js';
import { readDocx } from './docx/read-docx.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'office-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function read(bytes: Buffer): Promise<{ facts: DocumentFacts; text: string }> {
  const path = join(folder, 'upload');
  await writeFile(path, bytes);
  const text = new TextCollector(join(folder, 'text'));
  try {
    const facts = await readDocx({ path, text, ocrMaxPages: 0, progress: () => undefined, report: () => undefined });
    return { facts, text: text.finish().head };
  } finally {
    text.close();
  }
}

describe('hostile archives', () => {
  it.each([
    ['a part that packs a thousand to one', buildZipBomb, 'archive_too_large'],
    ['many parts that are too much together', buildManyPartBomb, 'archive_too_large'],
    ['more entries than any document', buildManyEntries, 'archive_too_large'],
    ['a part that is larger than it says', buildLyingZip, 'archive_too_large'],
    ['entities that make a billion words', buildEntityBomb, 'document_unreadable'],
    ['an entity that names a file', () => buildEntityThief('/etc/hostname'), 'document_unreadable'],
    ['a compound file', buildEncryptedOffice, 'document_encrypted'],
    ['a body that is no XML', () => buildWordFile('not XML at all'), 'document_unreadable'],
    ['an empty body', () => buildWordFile(''), 'document_unreadable'],
    ['a body that breaks off', () => buildWordFile(wordBody('<w:p>').slice(0, -20)), 'document_unreadable'],
    ['nesting without end', () => buildWordFile(wordBody('<w:p>'.repeat(100_000))), 'document_unreadable'],
    ['no ZIP', () => Buffer.alloc(3000, 80), 'document_unreadable'],
  ])('are refused: %s', async (_, build, code) => {
    const before = process.memoryUsage().arrayBuffers;

    await expect(read(build())).rejects.toMatchObject({ name: 'WorkFailure', code });
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(300 * 1024 * 1024);
  });

  it('are refused wherever they are cut off', async () => {
    const whole = await buildDocx();
    for (const share of [0.1, 0.3, 0.5, 0.7, 0.9, 0.99]) {
      const cut = whole.subarray(0, Math.floor(whole.length * share));
      await expect(read(cut)).rejects.toMatchObject({ code: 'document_unreadable' });
    }
  });

  it('are refused when a body does not inflate', async () => {
    const file = buildWordFile(wordBody(Array.from({ length: 500 }, (_, n) => wordParagraph(`line ${n}`)).join('')));
    const data = file.indexOf('word/document.xml') + 'word/document.xml'.length;
    file.fill(0xff, data + 20, data + 200);

    await expect(read(file)).rejects.toMatchObject({ code: 'document_unreadable' });
  });

  it('are refused when a body is a little larger or smaller than it says', async () => {
    for (const size of [100, 100_000]) {
      const file = buildWordFile(wordBody(wordParagraph('some text '.repeat(200))));
      patchSizes(file, 'word/document.xml', size);

      await expect(read(file)).rejects.toMatchObject({ code: 'document_unreadable' });
    }
  });
});

describe('Word', () => {
  it('takes the number of pages from the program that saved the file', async () => {
    const types = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
    const { facts } = await read(
      buildWordFile(wordBody(wordParagraph('text')), {
        '_rels/.rels': strToU8(
          `<Relationships><Relationship Id="a" Type="${types}/officeDocument" Target="/word/document.xml"/>` +
            `<Relationship Id="b" Type="${types}/extended-properties" Target="docProps/app.xml"/></Relationships>`,
        ),
        'docProps/app.xml': strToU8('<Properties><Words>900</Words><Pages>7</Pages></Properties>'),
      }),
    );

    expect(facts.pages).toBe(7);
  });

  it('knows headings by translated styles, by what they are based on and by outline level', async () => {
    const style = (id: string, inner: string) => `<w:style w:type="paragraph" w:styleId="${id}">${inner}</w:style>`;
    const styled = (id: string) => `<w:p><w:pPr><w:pStyle w:val="${id}"/></w:pPr><w:r><w:t>${id}</w:t></w:r></w:p>`;
    const styles =
      style('berschrift1', '<w:name w:val="heading 1"/>') +
      style('Mine', '<w:name w:val="Mine"/><w:basedOn w:val="berschrift1"/>') +
      style('Loop', '<w:name w:val="Loop"/><w:basedOn w:val="Loop"/>') +
      style('Outlined', '<w:name w:val="x"/><w:pPr><w:outlineLvl w:val="2"/></w:pPr>') +
      style('Body', '<w:name w:val="Body"/><w:pPr><w:outlineLvl w:val="9"/></w:pPr>');
    const ids = ['berschrift1', 'Mine', 'Loop', 'Outlined', 'Body', 'Unknown'];
    const { facts, text } = await read(
      buildWordFile(wordBody(ids.map(styled).join('')), {
        'word/_rels/document.xml.rels': strToU8(
          '<Relationships><Relationship Id="s" Type="http://x/styles" Target="styles.xml"/></Relationships>',
        ),
        'word/styles.xml': strToU8(`<w:styles xmlns:w="w">${styles}</w:styles>`),
      }),
    );

    expect(facts.structure.headings).toBe(3);
    expect(text.trim().split('\n')).toEqual(ids);
  });

  it('reads what Word shows: no deleted, moved or doubled text, no tab stops, field links counted', async () => {
    const { facts, text } = await read(
      buildWordFile(
        wordBody(
          '<w:p><w:pPr><w:tabs><w:tab w:val="left"/></w:tabs></w:pPr><w:r><w:t>kept</w:t><w:tab/><w:t>too</w:t></w:r>' +
            '<w:del><w:r><w:delText>gone</w:delText></w:r></w:del>' +
            '<w:moveFrom><w:r><w:t>moved</w:t></w:r></w:moveFrom>' +
            '<mc:AlternateContent xmlns:mc="mc"><mc:Choice><w:r><w:t> once</w:t></w:r></mc:Choice>' +
            '<mc:Fallback><w:r><w:t> twice</w:t></w:r></mc:Fallback></mc:AlternateContent>' +
            '<w:r><w:instrText> HYPERLINK "https://example.org/" </w:instrText></w:r></w:p>',
        ),
      ),
    );

    expect(text).toBe('kept\ttoo once\n');
    expect(facts.structure.links).toBe(1);
  });
});
