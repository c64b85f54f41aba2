import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import sharp from 'sharp';

import { buildDocx, buildPdf, buildPptx, buildScannedPdf, buildXlsx } from '../../../test/support/media/documents.js';
import { WorkFailure } from '../../platform/work-failure.js';
import type { AnalysisContext, AnalysisOptions, AnalysisResults } from '../analyzer.js';
import { closeRecognizer } from '../../media/ocr/recognize.js';
import { documentAnalyzer } from './document.analyzer.js';
import { modelsDirectory } from '../../../test/support/models.js';

const OFFICE = 'application/vnd.openxmlformats-officedocument';
const allFeatures = documentAnalyzer.features.map(({ name }) => name);

let folder: string;
let artifacts: Map<string, string>;
let progress: { percent: number; message: string }[];
let reported: unknown[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'document-'));
  artifacts = new Map();
  progress = [];
  reported = [];
});
afterEach(() => rm(folder, { recursive: true }));
afterAll(closeRecognizer);

async function analyze(
  mediaType: string,
  bytes: Buffer | string,
  features: readonly string[] = allFeatures,
  options: AnalysisOptions = { ocr_max_pages: 20 },
): Promise<AnalysisResults> {
  const path = join(folder, 'upload');
  await writeFile(path, bytes);
  const context: AnalysisContext = {
    workDirectory: folder,
    ffmpeg: { ffmpeg: 'ffmpeg', ffprobe: 'ffprobe' },
    models: modelsDirectory,
    deadline: Date.now() + 300_000,
    progress: (percent, message) => progress.push({ percent, message }),
    artifact: (name, type) => {
      artifacts.set(name, type);
      return join(folder, name);
    },
    report: (error) => reported.push(error),
  };
  return documentAnalyzer.analyze({ path, mediaType, features, options }, context);
}

const wholeText = () => readFile(join(folder, 'text.txt'), 'utf8');

describe('PDF', () => {
  const created = new Date('2024-01-31T11:00:00Z');
  const modified = new Date('2024-02-01T12:30:00Z');

  it('finds what was put in', async () => {
    const results = await analyze(
      'application/pdf',
      await buildPdf({
        pages: ['The brass engine weaves algebraic patterns. It is very patient.', 'Second page.', 'Third page.'],
        title: 'Notes – première partie',
        author: 'Ada Lovelace',
        created,
        modified,
        links: ['https://example.org/', 'https://example.com/'],
        images: 3,
      }),
    );

    expect(results).toMatchObject({
      document: {
        format: 'pdf',
        pages: 3,
        title: 'Notes – première partie',
        author: 'Ada Lovelace',
        created: created.toISOString(),
        modified: modified.toISOString(),
        encrypted: false,
      },
      language: { code: 'en' },
      structure: { tables: null, images: 3, links: 2, headings: null, sheets: null, slides: null },
      ocr: { pages: [] },
    });
    expect((await wholeText()).split(/\s+/).join(' ').trim()).toBe(
      'The brass engine weaves algebraic patterns. It is very patient. a link a link Second page. Third page.',
    );
    expect(results.keywords).toContainEqual({ term: 'brass engine weaves algebraic patterns', score: 25, count: 1 });
    expect([...artifacts]).toEqual([
      ['text.txt', 'text/plain'],
      ['page-1.jpg', 'image/jpeg'],
    ]);
    expect(reported).toEqual([]);
  });

  it('shows the first page upright in its shape, with ink on paper', async () => {
    const results = await analyze('application/pdf', await buildPdf({ pages: ['Ink '.repeat(400)] }), ['preview']);
    const picture = sharp(join(folder, 'page-1.jpg'));
    const { width, height, format } = await picture.metadata();
    const { channels } = await picture.stats();

    expect(results).toEqual({});
    expect(format).toBe('jpeg');
    expect(width / height).toBeCloseTo(595.28 / 841.89, 2);
    expect(width * height).toBeLessThanOrEqual(2_000_000);
    expect(channels.map(({ min, max }) => [min < 60, max])).toEqual(Array(3).fill([true, 255]));
  });

  it('reads scanned pages by OCR and leaves pages with text alone', async () => {
    const scanned = await buildScannedPdf(['The quick brown fox', 'Jumps over lazy dogs']);
    const results = await analyze('application/pdf', scanned);

    expect(results.ocr).toEqual({ pages: [1, 2] });
    expect((await wholeText()).split(/\s+/).join(' ').trim()).toBe('The quick brown fox Jumps over lazy dogs');
    expect(progress.map(({ message }) => message)).toContain('Reading page 2 of 2 by OCR');
    expect(reported).toEqual([]);
  });

  it('reads no more pages by OCR than the option allows', async () => {
    const scanned = await buildScannedPdf(['The quick brown fox', 'Jumps over lazy dogs']);

    expect(await analyze('application/pdf', scanned, ['ocr', 'text'], { ocr_max_pages: 1 })).toMatchObject({
      ocr: { pages: [1] },
      text: { words: 4 },
    });
    expect(await analyze('application/pdf', scanned, ['ocr', 'text'], { ocr_max_pages: 0 })).toMatchObject({
      ocr: { pages: [] },
      text: { words: 0 },
    });
  });

  it('opens what is encrypted with an empty password and refuses what needs one', async () => {
    const open = await buildPdf({ pages: ['open to all'], ownerPassword: 'owner' });
    const locked = await buildPdf({ pages: ['for one'], userPassword: 'user' });

    expect(await analyze('application/pdf', open, ['document', 'text'])).toMatchObject({
      document: { encrypted: true, pages: 1 },
      text: { excerpt: 'open to all' },
    });
    await expect(analyze('application/pdf', locked)).rejects.toMatchObject({ code: 'document_encrypted' });
  });

  it('fails on what only begins like one', async () => {
    await expect(analyze('application/pdf', '%PDF-1.7\n')).rejects.toMatchObject({ code: 'document_unreadable' });
    await expect(analyze('application/pdf', Buffer.alloc(5000, 7))).rejects.toMatchObject({
      code: 'document_unreadable',
    });
  });

  it('outlives a file cut off anywhere, and reads the next', async () => {
    const whole = await buildPdf({ pages: ['some text', 'more'], images: 1 });
    const outcomes = new Set<string>();
    for (let share = 0.05; share < 1; share += 0.1) {
      const cut = analyze('application/pdf', whole.subarray(0, whole.length * share), ['text', 'preview']);
      outcomes.add(
        await cut.then(
          () => 'read',
          (error: unknown) => (error instanceof WorkFailure ? error.code : String(error)),
        ),
      );
    }

    for (const outcome of outcomes) expect(['read', 'document_unreadable']).toContain(outcome);
    expect(await analyze('application/pdf', whole, ['text'])).toMatchObject({ text: { words: 3 } });
  });
});

describe('Word', () => {
  it('finds what was put in', async () => {
    const results = await analyze(`${OFFICE}.wordprocessingml.document`, await buildDocx());

    expect(results).toMatchObject({
      document: { format: 'docx', title: 'Notes on the Engine', author: 'Ada Lovelace', encrypted: false },
      structure: { tables: 1, images: 1, links: 1, headings: 2, sheets: null, slides: null },
      ocr: { pages: [] },
    });
    expect((await wholeText()).split('\n').filter((line) => line !== '')).toEqual([
      'The Engine',
      'It weaves algebraic patterns.',
      'The Cards',
      'Two words\u00a0here & there <now>.',
      'north\tsouth',
      'east\twest',
      'the source',
      'A note at the foot.',
    ]);
    expect([...artifacts.keys()]).toEqual(['text.txt']);
  });
});

describe('Excel', () => {
  it('finds what was put in', async () => {
    expect(await analyze(`${OFFICE}.spreadsheetml.sheet`, await buildXlsx())).toMatchObject({
      document: {
        format: 'xlsx',
        pages: null,
        title: 'Ledger',
        author: 'Grace Hopper',
        created: '2024-03-01T08:30:00.000Z',
        modified: '2024-03-02T09:00:00.000Z',
      },
      structure: { tables: 1, images: 1, links: 1, headings: null, sheets: 2, slides: null },
    });
    expect(await wholeText()).toBe(
      'item\tprice\tsince\tsold\nbrass wheel\t12.3\t2024-02-29\tTRUE\nsum\t24.6\ncatalogue\n\nwheel\ncog\npinion\n\n',
    );
  });
});

describe('PowerPoint', () => {
  it('finds what was put in', async () => {
    expect(await analyze(`${OFFICE}.presentationml.presentation`, await buildPptx())).toMatchObject({
      document: { format: 'pptx', pages: 2, title: 'On the Connexion', author: 'Mary Somerville' },
      structure: { tables: 1, images: 1, links: 1, headings: 2, sheets: null, slides: 2 },
    });
    expect((await wholeText()).split('\n').filter((line) => line !== '')).toEqual([
      'First things',
      'read more',
      'Say this slowly.',
      'Second things',
      'sun\tmoon',
    ]);
  });
});

describe('every analysis', () => {
  it('never lets progress fall, and leaves nothing beside what it announced', async () => {
    await analyze('text/plain', 'One sentence of plain text. And another one.');
    const percents = progress.map(({ percent }) => percent);

    expect(percents).toEqual([...percents].sort((one, other) => one - other));
    expect(percents.at(-1)).toBeLessThanOrEqual(100);
    expect((await readdir(folder)).sort()).toEqual(['extracted.txt', 'text.txt', 'upload']);
  });

  it('computes readability of English only', async () => {
    const english = await analyze('text/plain', 'The cat sat on the mat. It was very happy!', ['readability']);
    const german = await analyze('text/plain', 'Der Ausschuss trifft sich am Donnerstag wieder.', ['readability']);

    // 206.835 − 1.015 × 5 − 84.6 × 1.2 and 0.39 × 5 + 11.8 × 1.2 − 15.59
    expect(english).toEqual({
      readability: { flesch_reading_ease: 100.24, flesch_kincaid_grade: 0.52, sentences: 2 },
    });
    expect(german).toEqual({
      readability: { flesch_reading_ease: null, flesch_kincaid_grade: null, sentences: 1 },
    });
  });

  it('cuts the excerpt at a word', async () => {
    const { text } = await analyze('text/plain', 'seven77 '.repeat(500), ['text']);

    expect(text).toMatchObject({ words: 500, characters: 4000, excerpt: 'seven77 '.repeat(125).trimEnd() });
  });
});
