import type { PdfPage } from './pdf-page.js';

/** What a page says without being drawn. */
export interface PageLayer {
  readonly text: string;
  readonly images: number;
  readonly paths: number;
  readonly links: number;
}

export function readLayer(page: PdfPage): PageLayer {
  return { ...page.objects(), links: page.links(), text: joinHyphens(page.text()) };
}

/** A page that is drawn but says nothing: an image, or letters turned into outlines. A stamp or number may be text. */
export function isScanned({ text, images, paths }: PageLayer): boolean {
  const letters = text.match(/[\p{L}\p{N}]/gu)?.length ?? 0;
  return letters < 8 && (images > 0 || (letters === 0 && paths >= 30));
}

/** pdfium puts U+FFFE where a word is divided at the end of a line. */
function joinHyphens(text: string): string {
  return text.replaceAll('\ufffe', '');
}
