import type { Feature } from '../../analyzer.js';
import type { DocumentContent } from '../document-content.js';

/** Counts of what the document is made of; null where its format does not say. */
export const structure: Feature<DocumentContent> = {
  name: 'structure',
  description: 'Tables, images, links, headings, sheets and slides',
  default: true,
  run: ({ structure: counts }) => Promise.resolve({ ...counts }),
};
