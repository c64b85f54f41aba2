import { join } from 'node:path';

import { documentUnreadable } from '../analysis.failures.js';
import { runFeatures } from '../analyzer.js';
import type { AnalysisContext, AnalysisTask, Analyzer, OptionDescription } from '../analyzer.js';
import type { DocumentContent, DocumentFacts } from './document-content.js';
import { documentFeatures } from './document.features.js';
import { documentReaders } from './document.readers.js';
import { detectLanguage } from './language/detect.js';
import { unwrap } from './language/prose.js';
import { TextCollector } from './text-collector.js';

/** Percent of the work that is reading; features only look at what was read. */
const READING_PERCENT = 90;
/** Features for which pages without a text layer are worth reading by OCR. */
const NEED_TEXT = ['text', 'language', 'keywords', 'readability', 'ocr'];

const ocrMaxPages = {
  name: 'ocr_max_pages',
  description: 'Pages without a text layer that are read by OCR at most; 0 reads none',
  type: 'integer',
  default: 20,
  minimum: 0,
  maximum: 200,
} as const satisfies OptionDescription;

/**
 * Documents: one reader a format brings text and facts, then every feature works on those.
 * Fails with `document_unreadable`, `document_encrypted`, `archive_too_large`.
 */
export const documentAnalyzer: Analyzer = {
  fileType: 'document',
  mediaTypes: [...documentReaders.keys()],
  features: documentFeatures,
  options: [ocrMaxPages],
  analyze: async (task, context) => {
    const content = await readDocument(task, context);
    return runFeatures(documentFeatures, task.features, content, afterReading(context));
  },
};

async function readDocument(task: AnalysisTask, context: AnalysisContext): Promise<DocumentContent> {
  const collector = new TextCollector(join(context.workDirectory, 'extracted.txt'));
  try {
    const facts = await readFacts(task, context, collector);
    const text = collector.finish();
    const prose = facts.wrapped ? unwrap(text.head) : text.head;
    return { ...facts, path: task.path, text, prose, language: await detectLanguage(prose) };
  } finally {
    collector.close();
  }
}

function readFacts(task: AnalysisTask, context: AnalysisContext, text: TextCollector): Promise<DocumentFacts> {
  const read = documentReaders.get(task.mediaType);
  if (!read) throw documentUnreadable();
  return read({
    path: task.path,
    text,
    ocrMaxPages: ocrPages(task),
    progress: (share, message) => {
      context.progress(READING_PERCENT * share, message);
    },
    report: (error) => {
      context.report(error);
    },
  });
}

function ocrPages({ features, options }: AnalysisTask): number {
  if (!NEED_TEXT.some((name) => features.includes(name))) return 0;
  return Number(options[ocrMaxPages.name] ?? ocrMaxPages.default);
}

/** The same way out, with progress going on where reading ended. */
const afterReading = (context: AnalysisContext): AnalysisContext => ({
  ...context,
  progress: (percent, message) => {
    context.progress(READING_PERCENT + (percent * (100 - READING_PERCENT)) / 100, message);
  },
});
