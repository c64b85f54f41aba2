import type { DocumentReader } from './document-content.js';
import { readCsv } from './formats/csv/read-csv.js';
import { readDocx } from './formats/docx/read-docx.js';
import { readHtml } from './formats/html/read-html.js';
import { readMarkdown } from './formats/markdown/read-markdown.js';
import { readPdf } from './formats/pdf/read-pdf.js';
import { readPlainText } from './formats/plain-text.js';
import { readPptx } from './formats/pptx/read-pptx.js';
import { readXlsx } from './formats/xlsx/read-xlsx.js';

const OFFICE = 'application/vnd.openxmlformats-officedocument';

/** One reader a format, by media type. */
export const documentReaders: ReadonlyMap<string, DocumentReader> = new Map([
  ['application/pdf', readPdf],
  [`${OFFICE}.wordprocessingml.document`, readDocx],
  [`${OFFICE}.spreadsheetml.sheet`, readXlsx],
  [`${OFFICE}.presentationml.presentation`, readPptx],
  ['text/csv', readCsv],
  ['text/plain', readPlainText],
  ['text/markdown', readMarkdown],
  ['text/html', readHtml],
]);
