import type { Feature } from '../../analyzer.js';
import type { DocumentContent } from '../document-content.js';

/** The language as ISO 639-1, null when there is too little text; see `detectLanguage` for what confidence means. */
export const language: Feature<DocumentContent> = {
  name: 'language',
  description: 'The language of the text',
  default: true,
  run: ({ language: { code, confidence } }) => Promise.resolve({ code, confidence }),
};
