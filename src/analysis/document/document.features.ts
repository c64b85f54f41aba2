import type { Feature } from '../analyzer.js';
import type { DocumentContent } from './document-content.js';
import { document } from './features/document.js';
import { keywords } from './features/keywords.js';
import { language } from './features/language.js';
import { ocr } from './features/ocr.js';
import { preview } from './features/preview.js';
import { readability } from './features/readability.js';
import { structure } from './features/structure.js';
import { text } from './features/text.js';

/** Everything that can be found in a document, in the order in which it is looked for. */
export const documentFeatures: readonly Feature<DocumentContent>[] = [
  document,
  text,
  language,
  keywords,
  readability,
  structure,
  ocr,
  preview,
];
