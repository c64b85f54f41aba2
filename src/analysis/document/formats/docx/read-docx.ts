import { nothingCounted, noOcr } from '../../document-content.js';
import type { DocumentFacts, DocumentSource } from '../../document-content.js';
import { WordBody } from './body.js';
import { headingStyles } from './styles.js';
import { OoxmlPackage } from '../ooxml/ooxml-package.js';

/** Notes stand after the text they belong to, at its end; headers and footers are furniture and left out. */
const STORIES_AFTER = ['footnotes', 'endnotes'];

/** Word: text, notes, tables, images, links, headings, and the pages that Word counted when it saved. */
export function readDocx(source: DocumentSource): Promise<DocumentFacts> {
  return OoxmlPackage.with(source.path, async (document) => {
    const main = document.mainPart;
    const related = await document.relationships(main);
    const partOf = (wanted: string) => related.find(({ type, external }) => type === wanted && !external)?.target;
    const body = new WordBody(source.text, await headingStyles(document, partOf('styles')));
    const stories = [main, ...STORIES_AFTER.flatMap((type) => partOf(type) ?? [])];
    for (const [index, part] of stories.entries()) {
      await document.read(part, body);
      source.progress((index + 1) / stories.length, 'Read the text');
    }
    return {
      format: 'docx',
      pages: await document.pages(),
      encrypted: false,
      metadata: await document.metadata(),
      structure: { ...nothingCounted, ...body.counts },
      ocr: noOcr,
      wrapped: false,
    };
  });
}
