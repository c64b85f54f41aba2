import { setImmediate as nextTurn } from 'node:timers/promises';

import { documentUnreadable } from '../../../analysis.failures.js';
import { cleanText } from '../../clean-text.js';
import { nothingCounted } from '../../document-content.js';
import type { DocumentFacts, DocumentMetadata, DocumentSource } from '../../document-content.js';
import { withPdf } from './pdf-document.js';
import type { PdfDocument } from './pdf-document.js';
import { isScanned, readLayer } from './page-layer.js';
import type { PageLayer } from './page-layer.js';
import { PageOcr } from './page-ocr.js';
import { ReadAhead } from './read-ahead.js';
import { pdfDate } from '../timestamps.js';

/** Pages read at most; a file of a few megabytes can name millions of the same page. */
const MAX_PAGES = 20_000;
const PAGES_PER_TURN = 16;

interface Totals {
  images: number;
  links: number;
  opened: number;
}

/** PDF by pdfium: text layer page by page, OCR where there is none, facts from the information dictionary. */
export function readPdf(source: DocumentSource): Promise<DocumentFacts> {
  return withPdf(source.path, async (pdf) => {
    const pages = pdf.pageCount;
    if (pages <= 0) throw documentUnreadable();
    const last = Math.min(pages, MAX_PAGES);
    const ocr = new PageOcr(pdf.pdfium, source, last);
    const totals = await readPages(pdf, last, source, ocr);
    if (totals.opened === 0) throw documentUnreadable();
    return {
      format: 'pdf',
      pages,
      encrypted: pdf.encrypted,
      metadata: metadataOf(pdf),
      structure: { ...nothingCounted, images: totals.images, links: totals.links },
      ocr: { pages: ocr.pages, failed: ocr.failed },
      wrapped: true,
    };
  });
}

async function readPages(pdf: PdfDocument, last: number, source: DocumentSource, ocr: PageOcr): Promise<Totals> {
  const totals: Totals = { images: 0, links: 0, opened: 0 };
  const ahead = ReadAhead.of(source.path, last);
  try {
    for (let number = 1; number <= last && !source.text.full; number += 1) {
      const known = await ahead?.take(number);
      const layer = known === undefined ? await pdf.withPage(number, readLayer) : known;
      if (layer) await addPage(layer, pdf, number, source, ocr, totals);
      source.progress(number / last, `Read page ${number} of ${last}`);
      // pdfium never waits; without a turn of the loop now and then no progress would be sent.
      if (number % PAGES_PER_TURN === 0) await nextTurn();
    }
  } finally {
    ahead?.stop();
  }
  return totals;
}

async function addPage(
  layer: PageLayer,
  pdf: PdfDocument,
  number: number,
  source: DocumentSource,
  ocr: PageOcr,
  totals: Totals,
): Promise<void> {
  totals.opened += 1;
  totals.images += layer.images;
  totals.links += layer.links;
  const read = isScanned(layer) ? await pdf.withPage(number, (page) => ocr.read(page, number)) : null;
  const text = read ?? layer.text;
  if (text.trim() !== '') source.text.write(`${text.trimEnd()}\n\n`);
}

function metadataOf(pdf: PdfDocument): DocumentMetadata {
  return {
    title: cleanText(pdf.information('Title'), 500),
    author: cleanText(pdf.information('Author'), 500),
    created: pdfDate(pdf.information('CreationDate')),
    modified: pdfDate(pdf.information('ModDate')),
  };
}
