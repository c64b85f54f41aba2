import type { Feature } from '../../analyzer.js';
import type { DocumentContent } from '../document-content.js';

/** What the document says of itself. `pages` is null where nothing but a layout engine could tell; times are UTC. */
export const document: Feature<DocumentContent> = {
  name: 'document',
  description: 'Format, pages, title, author, times and encryption',
  default: true,
  run: ({ format, pages, metadata, encrypted }) => Promise.resolve({ format, pages, ...metadata, encrypted }),
};
