import type { DocumentSource } from '../../document-content.js';
import type { PdfPage } from './pdf-page.js';
import { renderPage } from './render-page.js';
import { isTrap } from './pdfium.js';
import type { Pdfium } from './pdfium.js';

/** As large as OCR looks at an A4 page. */
const OCR_BOUNDS = { dpi: 215, maxPixels: 6_000_000 };

/** Reads pages that are only images, up to the number that the caller allows. */
export class PageOcr {
  readonly pages: number[] = [];
  failed = false;

  constructor(
    private readonly pdfium: Pdfium,
    private readonly source: DocumentSource,
    private readonly lastPage: number,
  ) {}

  /** The page's text; null when the limit is reached or OCR does not work. The rest of the document stands either way. */
  async read(page: PdfPage, number: number): Promise<string | null> {
    if (this.failed || this.pages.length >= this.source.ocrMaxPages) return null;
    this.source.progress((number - 1) / this.lastPage, `Reading page ${number} of ${this.lastPage} by OCR`);
    try {
      const text = await this.recognize(page);
      this.pages.push(number);
      return text;
    } catch (error) {
      if (isTrap(error)) throw error;
      this.failed = true;
      this.source.report(error);
      return null;
    }
  }

  private async recognize(page: PdfPage): Promise<string> {
    const { recognizeText } = await import('../../../../media/ocr/recognize.js');
    const { content } = await recognizeText(renderPage(this.pdfium, page, 'gray', OCR_BOUNDS));
    return content;
  }
}
