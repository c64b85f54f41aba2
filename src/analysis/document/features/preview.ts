import type { Feature } from '../../analyzer.js';
import type { DocumentContent } from '../document-content.js';
import { withPdf } from '../formats/pdf/pdf-document.js';
import { renderPage } from '../formats/pdf/render-page.js';

const BOUNDS = { dpi: 110, maxPixels: 2_000_000 };

/** The first page of a PDF as the artifact `page-1.jpg`, about 110 dpi and at most two megapixels; no key in `results`. */
export const preview: Feature<DocumentContent> = {
  name: 'preview',
  description: 'The first page of a PDF as a picture',
  default: true,
  run: async ({ format, path }, context) => {
    if (format !== 'pdf') return;
    const raster = await withPdf(path, (pdf) =>
      pdf.withPage(1, (page) => renderPage(pdf.pdfium, page, 'color', BOUNDS)),
    );
    if (!raster) return;
    const { default: sharp } = await import('sharp');
    const { data, width, height, channels } = raster;
    await sharp(data, { raw: { width, height, channels } })
      .removeAlpha()
      .jpeg({ quality: 82 })
      .toFile(context.artifact('page-1.jpg', 'image/jpeg'));
  },
};
