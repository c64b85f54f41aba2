import { noMetadata, noOcr, nothingCounted } from '../document-content.js';
import type { DocumentFacts, DocumentSource } from '../document-content.js';
import { charsetOf, decodedText } from './charset.js';

/** Text as it stands, whatever its charset; it has no structure. */
export async function readPlainText({ path, text, progress }: DocumentSource): Promise<DocumentFacts> {
  for await (const piece of decodedText(path, await charsetOf(path))) {
    text.write(piece);
    if (text.full) break;
  }
  progress(1, 'Read the text');
  return {
    format: 'txt',
    pages: null,
    encrypted: false,
    metadata: noMetadata,
    structure: nothingCounted,
    ocr: noOcr,
    wrapped: true,
  };
}
