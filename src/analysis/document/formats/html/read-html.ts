import { documentUnreadable } from '../../../analysis.failures.js';
import { nothingCounted, noOcr } from '../../document-content.js';
import type { DocumentFacts, DocumentSource } from '../../document-content.js';
import { charsetOf, decodedText } from '../charset.js';
import { HtmlPage } from './html-page.js';

/** Unclosed elements pile up, and the parser's work on each grows with the pile. */
const MAX_DEPTH = 5000;
const CHARSET = /<meta[^>]{0,200}?charset\s{0,9}=\s{0,9}["']?([\w-]{1,40})/i;

/** HTML as it is parsed, without a tree. Scripts are left out, nothing is run or fetched. */
export async function readHtml({ path, text, progress }: DocumentSource): Promise<DocumentFacts> {
  const { Parser } = await import('htmlparser2');
  const page = new HtmlPage(text);
  let depth = 0;
  const parser = new Parser({
    onopentag: (name, attributes) => {
      depth += 1;
      if (depth > MAX_DEPTH) throw documentUnreadable();
      page.open(name, attributes);
    },
    ontext: (piece) => {
      page.text(piece);
    },
    onclosetag: (name) => {
      depth -= 1;
      page.close(name);
    },
  });
  const charset = await charsetOf(path, (head) => CHARSET.exec(head)?.[1] ?? null);
  for await (const piece of decodedText(path, charset)) parser.write(piece);
  parser.end();
  progress(1, 'Read the text');
  return {
    format: 'html',
    pages: null,
    encrypted: false,
    metadata: page.metadata(),
    structure: { ...nothingCounted, ...page.counts },
    ocr: noOcr,
    wrapped: false,
  };
}
