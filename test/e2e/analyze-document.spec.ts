import { analyze, call } from '../support/client.js';
import { buildGround, type Facet, type Ground, startFacet } from '../support/facet.js';
import { passwordProtected } from '../support/corpus/compound-file.js';
import { buildDocx, buildPdf } from '../support/media/documents.js';

let ground: Ground;
let facet: Facet;

beforeAll(async () => {
  ground = await buildGround();
  facet = await startFacet(ground);
});

afterAll(async () => {
  await facet.stop();
  await ground.remove();
});

it('reads a long document from both ends and puts it together in order', async () => {
  const pages = Array.from({ length: 90 }, (_, page) => `This is page number ${page + 1} of the log book.`);
  const row = await analyze(facet.url, await buildPdf({ pages, title: 'Log book', links: ['https://example.org/'] }));
  expect(row).toMatchObject({ status: 'completed', media_type: 'application/pdf' });
  expect(row.results.document).toMatchObject({ format: 'pdf', pages: 90, title: 'Log book', encrypted: false });
  expect(row.results.structure.links).toBe(1);
  const { body } = await call(facet.url, `/api/v1/results/${row.id}/artifacts/text.txt`);
  const numbers = [...body.matchAll(/page number (\d+)/g)].map(([, number]: RegExpMatchArray) => Number(number));
  expect(numbers).toEqual(pages.map((_, page) => page + 1));
});

it('tells a word file from a table and a note by their bytes', async () => {
  const word = await analyze(facet.url, await buildDocx(), { filename: 'renamed.txt' });
  expect(word.results.document.format).toBe('docx');
  const table = await analyze(facet.url, Buffer.from('name,age\nAda,36\nAlan,41\n'), { filename: 'table.txt' });
  expect(table).toMatchObject({ media_type: 'text/csv', results: { structure: { tables: 1 } } });
  const note = await analyze(facet.url, Buffer.from('Bring bread, milk and the newspaper.\n'), { filename: 'note' });
  expect(note).toMatchObject({ media_type: 'text/plain', results: { text: { words: 6, lines: 1 } } });
});

it('says that a document is under a password', async () => {
  const pdf = await analyze(facet.url, await buildPdf({ pages: ['secret'], userPassword: 'x' }));
  expect(pdf).toMatchObject({ status: 'failed', error: { code: 'document_encrypted' }, results: null, attempts: 1 });
  const word = await analyze(facet.url, passwordProtected(), { filename: 'secret.docx' });
  expect(word.error.code).toBe('document_encrypted');
});
