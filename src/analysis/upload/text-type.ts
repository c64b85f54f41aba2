import { tableEvidence } from './csv-shape.js';
import { markdownEvidence } from './markdown-shape.js';
import { rootElement } from './markup-root.js';
import type { MediaType } from './media-type.js';
import type { TextSample } from './text-sample.js';

/** Elements that begin a document or a piece of HTML. */
const HTML =
  /^(html|head|body|title|meta|link|script|style|div|span|p|a|table|ul|ol|h[1-6]|article|section|nav|main|header|footer|form|img|b|i|br|center|font|iframe)$/;

/** The kind of a text by what stands in it; the extension decides only where the text itself does not. */
export function textTypeOf(sample: TextSample, extension: string): MediaType {
  const root = rootElement(sample.head);
  if (root === 'svg') return 'image/svg+xml';
  if (root === 'html' || root === '!doctype html' || (root && HTML.test(root))) return 'text/html';
  if (root) return 'text/plain';
  const markdown = markdownEvidence(sample.head);
  if (markdown >= 2) return 'text/markdown';
  const table = tableEvidence(sample);
  if (table === 'table') return 'text/csv';
  if (table === 'perhaps' && ['csv', 'tsv'].includes(extension)) return 'text/csv';
  return ['md', 'markdown'].includes(extension) ? 'text/markdown' : 'text/plain';
}
