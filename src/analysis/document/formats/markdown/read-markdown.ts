import { nothingCounted, noMetadata, noOcr } from '../../document-content.js';
import type { DocumentFacts, DocumentSource } from '../../document-content.js';
import { charsetOf, decodedText } from '../charset.js';
import { MarkdownPiece } from './markdown-piece.js';
import { pieces } from './markdown-pieces.js';

/** Markdown (CommonMark with tables) piece by piece, since a parse tree of a large file would not fit into memory. */
export async function readMarkdown({ path, text, progress }: DocumentSource): Promise<DocumentFacts> {
  const { default: MarkdownIt } = await import('markdown-it');
  const parser = new MarkdownIt({ html: true });
  const piece = new MarkdownPiece(text);
  // Link definitions of earlier pieces hold in later ones.
  const environment = {};
  for await (const markdown of pieces(decodedText(path, await charsetOf(path)))) {
    piece.add(parser.parse(markdown, environment));
    if (text.full) break;
  }
  progress(1, 'Read the text');
  return {
    format: 'md',
    pages: null,
    encrypted: false,
    metadata: { ...noMetadata, title: piece.title },
    structure: { ...nothingCounted, ...piece.counts },
    ocr: noOcr,
    wrapped: true,
  };
}
