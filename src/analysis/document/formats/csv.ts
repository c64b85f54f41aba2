import { Readable } from 'node:stream';

import { documentUnreadable } from '../../analysis.failures.js';
import { noMetadata, noOcr, nothingCounted } from '../document-content.js';
import type { DocumentFacts, DocumentSource } from '../document-content.js';
import { charsetOf, decodedText } from './charset.js';
import { delimiterOf } from './csv-delimiter.js';

/** A quote that is never closed swallows the rest of the file; no row of a real table is as long. */
const MAX_ROW_CHARACTERS = 1_000_000;

/** CSV after RFC 4180, whatever its delimiter: a line a row, tabs between the cells. A file is one table. */
export async function readCsv({ path, text, progress }: DocumentSource): Promise<DocumentFacts> {
  const charset = await charsetOf(path);
  const { parse } = await import('csv-parse');
  const rows = parse({
    delimiter: await delimiterOf(decodedText(path, charset)),
    max_record_size: MAX_ROW_CHARACTERS,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
  });
  const input = Readable.from(decodedText(path, charset));
  input.on('error', (error) => rows.destroy(error));
  try {
    for await (const row of input.pipe(rows) as AsyncIterable<string[]>) {
      text.write(inOneLine(row.join('\t')));
      text.write('\n');
      if (text.full) break;
    }
  } catch (error) {
    if (error instanceof Error && 'code' in error && String(error.code).startsWith('CSV_')) throw documentUnreadable();
    throw error;
  } finally {
    input.destroy();
  }
  progress(1, 'Read the rows');
  return {
    format: 'csv',
    pages: null,
    encrypted: false,
    metadata: noMetadata,
    structure: { ...nothingCounted, tables: 1 },
    ocr: noOcr,
    wrapped: false,
  };
}

function inOneLine(row: string): string {
  return /[\r\n]/.test(row) ? row.replace(/[\r\n]+/g, ' ') : row;
}
