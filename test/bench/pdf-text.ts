import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { readPdf } from '../../src/analysis/document/formats/pdf/read-pdf.js';
import { TextCollector } from '../../src/analysis/document/text-collector.js';
import { buildPdf } from '../support/media/documents.js';

const run = promisify(execFile);
const PAGES = 100;
const ROUNDS = 11;
const LINES_A_PAGE = 45;

export interface PdfTextFigures {
  readonly name: 'pdf-text';
  readonly unit: string;
  readonly ours: number;
  readonly reference: number;
  readonly reference_name: string;
  /** Above 1: ours is faster. */
  readonly ratio: number;
}

/**
 * The text of a PDF of 100 full pages into a file: the PDF reader in this process, which counts pictures and links on
 * the way, against the program pdftotext. Both are run in turn on the same file; figures are medians.
 */
export async function pdfTextBenchmark(): Promise<PdfTextFigures | { name: 'pdf-text'; skipped: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-pdf-'));
  try {
    const file = join(folder, 'hundred.pdf');
    await writeFile(file, await buildPdf({ pages: Array.from({ length: PAGES }, (_, page) => pageText(page)) }));
    return (await hasPdftotext()) ? await compare(folder, file) : notInstalled;
  } finally {
    await rm(folder, { recursive: true });
  }
}

const notInstalled = { name: 'pdf-text', skipped: 'pdftotext (poppler-utils) is not installed' } as const;

async function compare(folder: string, file: string): Promise<PdfTextFigures> {
  const [ourText, theirText] = [join(folder, 'ours.txt'), join(folder, 'theirs.txt')];
  const ours: number[] = [];
  const theirs: number[] = [];
  // The first round loads the WebAssembly here and the program's pages there.
  for (let round = 0; round <= ROUNDS; round += 1) {
    const mine = await milliseconds(() => extract(file, ourText));
    const other = await milliseconds(() => run('pdftotext', [file, theirText]));
    if (round === 0) await mustAgree(ourText, theirText);
    else if (ours.push(mine)) theirs.push(other);
  }
  const [own, reference] = [median(ours), median(theirs)];
  const unit = `ms for ${PAGES} pages`;
  return { name: 'pdf-text', unit, ours: own, reference, reference_name: 'pdftotext', ratio: reference / own };
}

async function extract(path: string, target: string): Promise<void> {
  const text = new TextCollector(target);
  try {
    await readPdf({ path, text, ocrMaxPages: 0, progress: () => undefined, report: () => undefined });
    text.finish();
  } finally {
    text.close();
  }
}

/** A faster answer only counts when it is the same. */
async function mustAgree(ours: string, theirs: string): Promise<void> {
  const [own, reference] = await Promise.all([words(ours), words(theirs)]);
  if (own.join(' ') !== reference.join(' ')) throw new Error('The PDF reader and pdftotext do not agree on the text');
}

async function words(path: string): Promise<string[]> {
  return (await readFile(path, 'utf8')).split(/\s+/).filter((word) => word !== '');
}

function pageText(page: number): string {
  const line = (index: number) => `Page ${page + 1}, line ${index}: the quick brown fox jumps over the lazy dog again.`;
  return Array.from({ length: LINES_A_PAGE }, (_, index) => line(index)).join('\n');
}

async function hasPdftotext(): Promise<boolean> {
  return run('pdftotext', ['-v']).then(
    () => true,
    () => false,
  );
}

async function milliseconds(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

function median(values: readonly number[]): number {
  return [...values].sort((one, other) => one - other)[values.length >> 1] ?? Number.NaN;
}
