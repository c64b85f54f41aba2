import type { Feature } from '../../analyzer.js';
import type { DocumentContent } from '../document-content.js';
import { fleschKincaidGrade, fleschReadingEase } from '../language/flesch.js';
import { measureProse } from '../language/prose.js';

/**
 * Flesch reading ease (Flesch, 1948) and Flesch–Kincaid grade (Kincaid et al., 1975). Both were fitted to English:
 * in every other language they are null and only the sentences are counted.
 */
export const readability: Feature<DocumentContent> = {
  name: 'readability',
  description: 'Flesch reading ease and Flesch–Kincaid grade of English text',
  default: true,
  run: async ({ prose, language }) => {
    const measures = await measureProse(prose);
    const applies = language.code === 'en' && measures.words > 0;
    return {
      flesch_reading_ease: applies ? fleschReadingEase(measures) : null,
      flesch_kincaid_grade: applies ? fleschKincaidGrade(measures) : null,
      sentences: measures.sentences,
    };
  },
};
