import { utf16At, withMemory } from './pdfium.js';
import type { Pdfium } from './pdfium.js';

const PATH_OBJECT = 2;
const IMAGE_OBJECT = 3;
const FORM_OBJECT = 5;
/** Objects looked at on one page, nested ones included; a map may hold millions of paths. */
const MAX_OBJECTS = 50_000;
const MAX_LINKS = 10_000;
const MAX_NESTING = 8;

export interface PageObjects {
  images: number;
  paths: number;
}

/** One open page. Points are 1/72 inch. */
export class PdfPage {
  constructor(
    private readonly pdfium: Pdfium,
    readonly handle: number,
  ) {}

  /** The text layer in reading order, lines ended by CR LF; empty when there is none. */
  text(): string {
    const text = this.pdfium._FPDFText_LoadPage(this.handle);
    if (text === 0) return '';
    try {
      return this.textOf(text);
    } finally {
      this.pdfium._FPDFText_ClosePage(text);
    }
  }

  objects(): PageObjects {
    const found: PageObjects = { images: 0, paths: 0 };
    const { pdfium, handle } = this;
    const budget = { left: MAX_OBJECTS };
    const count = pdfium._FPDFPage_CountObjects(handle);
    this.tally(count, (index) => pdfium._FPDFPage_GetObject(handle, index), found, budget, 0);
    return found;
  }

  /** Link annotations, within the document and out of it. */
  links(): number {
    const { pdfium, handle } = this;
    return withMemory(pdfium, 8, (pointer) => {
      pdfium.HEAP32[pointer >> 2] = 0;
      let links = 0;
      while (links < MAX_LINKS && pdfium._FPDFLink_Enumerate(handle, pointer, pointer + 4) !== 0) links += 1;
      return links;
    });
  }

  size(): { width: number; height: number } {
    const { pdfium, handle } = this;
    return { width: pdfium._FPDF_GetPageWidth(handle), height: pdfium._FPDF_GetPageHeight(handle) };
  }

  close(): void {
    this.pdfium._FPDF_ClosePage(this.handle);
  }

  private textOf(text: number): string {
    const { pdfium } = this;
    const count = pdfium._FPDFText_CountChars(text);
    if (count <= 0) return '';
    return withMemory(pdfium, (count + 1) * 2, (pointer) => {
      const written = pdfium._FPDFText_GetText(text, 0, count, pointer);
      return utf16At(pdfium, pointer, Math.max(0, written - 1) * 2);
    });
  }

  private tally(
    count: number,
    objectAt: (index: number) => number,
    found: PageObjects,
    budget: { left: number },
    depth: number,
  ): void {
    const { pdfium } = this;
    for (let index = 0; index < count && budget.left > 0; index += 1) {
      budget.left -= 1;
      const object = objectAt(index);
      const type = pdfium._FPDFPageObj_GetType(object);
      if (type === IMAGE_OBJECT) found.images += 1;
      else if (type === PATH_OBJECT) found.paths += 1;
      else if (type === FORM_OBJECT && depth < MAX_NESTING) {
        const inner = pdfium._FPDFFormObj_CountObjects(object);
        this.tally(inner, (at) => pdfium._FPDFFormObj_GetObject(object, at), found, budget, depth + 1);
      }
    }
  }
}
