import type { Feature } from '../../analyzer.js';
import type { DocumentContent } from '../document-content.js';
import { rankPhrases } from '../language/rake.js';
import { stopWords } from '../language/stop-words.js';

const MAX_KEYWORDS = 20;

/** The twenty best key phrases by RAKE (Rose et al., 2010) with the stop words of the text's language. */
export const keywords: Feature<DocumentContent> = {
  name: 'keywords',
  description: 'Key phrases by RAKE (Rose et al., 2010)',
  default: true,
  run: async ({ prose, language }) => rankPhrases(prose, await stopWords(language.code), language.code, MAX_KEYWORDS),
};
