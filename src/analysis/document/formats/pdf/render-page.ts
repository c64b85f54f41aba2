import type { PdfPage } from './pdf-page.js';
import type { Pdfium } from './pdfium.js';

const POINTS_PER_INCH = 72;
const GRAY = { format: 1, channels: 1, flags: 0x01 | 0x08 } as const;
const COLOR = { format: 3, channels: 4, flags: 0x01 | 0x10 } as const;
const WHITE = 0xffffffff;

export interface PageRaster {
  readonly data: Buffer;
  readonly width: number;
  readonly height: number;
  /** 1 is grey, 4 is RGB and a byte without meaning. */
  readonly channels: 1 | 4;
}

export interface RenderBounds {
  readonly dpi: number;
  readonly maxPixels: number;
}

/** Draws a page with its annotations on white, smaller than asked for where the bound on pixels says so. */
export function renderPage(pdfium: Pdfium, page: PdfPage, mode: 'gray' | 'color', bounds: RenderBounds): PageRaster {
  const { format, channels, flags } = mode === 'gray' ? GRAY : COLOR;
  const { width, height } = pixels(page, bounds);
  const bitmap = pdfium._FPDFBitmap_CreateEx(width, height, format, 0, 0);
  if (bitmap === 0) throw new RangeError('pdfium could not make a bitmap');
  pdfium._FPDFBitmap_FillRect(bitmap, 0, 0, width, height, WHITE);
  pdfium._FPDF_RenderPageBitmap(bitmap, page.handle, 0, 0, width, height, 0, flags);
  const data = withoutPadding(pdfium, bitmap, width * channels, height);
  pdfium._FPDFBitmap_Destroy(bitmap);
  return { data, width, height, channels };
}

function pixels(page: PdfPage, { dpi, maxPixels }: RenderBounds): { width: number; height: number } {
  const points = page.size();
  // A page may claim to be nothing or to be endless; both are drawn as something small.
  const across = Math.min(Math.max(points.width || 1, 1), 1e6);
  const down = Math.min(Math.max(points.height || 1, 1), 1e6);
  const scale = Math.min(dpi / POINTS_PER_INCH, Math.sqrt(maxPixels / (across * down)));
  const bounded = (length: number) => Math.min(Math.max(Math.floor(length * scale), 1), 20_000);
  return { width: bounded(across), height: bounded(down) };
}

/** pdfium pads rows to four bytes; images are passed on without. */
function withoutPadding(pdfium: Pdfium, bitmap: number, rowBytes: number, height: number): Buffer {
  const start = pdfium._FPDFBitmap_GetBuffer(bitmap);
  const stride = pdfium._FPDFBitmap_GetStride(bitmap);
  const data = Buffer.allocUnsafe(rowBytes * height);
  for (let row = 0; row < height; row += 1) {
    const from = start + row * stride;
    data.set(pdfium.HEAPU8.subarray(from, from + rowBytes), row * rowBytes);
  }
  return data;
}
