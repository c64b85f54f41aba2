import { noOcr, nothingCounted } from '../../document-content.js';
import type { DocumentFacts, DocumentSource } from '../../document-content.js';
import { OoxmlPackage } from '../ooxml/ooxml-package.js';
import { SlideText } from './slide.js';
import type { SlideCounts } from './slide.js';

/** PowerPoint: slides in the order of the show, each followed by its notes. A slide is a page, its title a heading. */
export function readPptx(source: DocumentSource): Promise<DocumentFacts> {
  return OoxmlPackage.with(source.path, async (document) => {
    const slides = await slidesOf(document);
    const counts: SlideCounts = { tables: 0, images: 0, links: 0, headings: 0 };
    for (const [index, slide] of slides.entries()) {
      await readSlide(document, slide, source, counts);
      source.progress((index + 1) / slides.length, `Read slide ${index + 1} of ${slides.length}`);
    }
    return {
      format: 'pptx',
      pages: slides.length,
      encrypted: false,
      metadata: await document.metadata(),
      structure: { ...nothingCounted, ...counts, slides: slides.length },
      ocr: noOcr,
      wrapped: false,
    };
  });
}

async function slidesOf(document: OoxmlPackage): Promise<string[]> {
  const order: string[] = [];
  await document.read(document.mainPart, {
    open: (name, attribute) => {
      if (name === 'sldId') order.push(attribute('id', 'qualified') ?? '');
    },
  });
  const related = await document.relationships(document.mainPart);
  const slides = new Map(related.filter(({ external }) => !external).map(({ id, target }) => [id, target]));
  return order.flatMap((id) => slides.get(id) ?? []);
}

async function readSlide(document: OoxmlPackage, slide: string, source: DocumentSource, counts: SlideCounts) {
  await document.read(slide, new SlideText(source.text, counts));
  const notes = (await document.relationships(slide)).find(({ type, external }) => type === 'notesSlide' && !external);
  // What is on the notes page besides its text (the slide in small) is not counted again.
  const uncounted: SlideCounts = { tables: 0, images: 0, links: 0, headings: 0 };
  if (notes) await document.read(notes.target, new SlideText(source.text, uncounted));
  source.text.write('\n');
}
