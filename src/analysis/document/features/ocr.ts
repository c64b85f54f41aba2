import { featureFailed } from '../../analysis.failures.js';
import type { Feature } from '../../analyzer.js';
import type { DocumentContent } from '../document-content.js';

/** The pages, counted from 1, whose text was read by OCR because they are only images. */
export const ocr: Feature<DocumentContent> = {
  name: 'ocr',
  description: 'Scanned pages read by OCR',
  default: true,
  run: ({ ocr: { pages, failed } }) => {
    if (failed) throw featureFailed('ocr');
    return Promise.resolve({ pages: [...pages] });
  },
};
