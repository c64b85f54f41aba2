import { noMetadata, noOcr, nothingCounted } from '../../document-content.js';
import type { DocumentFacts, DocumentSource } from '../../document-content.js';
import { charsetOf, decodedText } from '../charset.js';
import { delimiterOf } from './delimiter.js';
import { CsvRows } from './csv-rows.js';

/** CSV after RFC 4180, whatever its delimiter: a line a row, tabs between the cells. A file is one table. */
export async function readCsv({ path, text, progress }: DocumentSource): Promise<DocumentFacts> {
  const charset = await charsetOf(path);
  const rows = new CsvRows(text, await delimiterOf(decodedText(path, charset)));
  for await (const piece of decodedText(path, charset)) {
    rows.add(piece);
    if (text.full) break;
  }
  if (!text.full) rows.end();
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
