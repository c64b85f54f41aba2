import { binaryType } from './binary-type.js';
import { type FileSample, sampleFile } from './file-sample.js';
import type { MediaType } from './media-types.js';
import { decodeText } from './text-sample.js';
import { textType } from './text-type.js';

export { type MediaType, mediaTypes } from './media-types.js';

/** Where a PDF reader looks for the header (PDF 32000-1, note 13 of annex H). */
const PDF_HEADER_WITHIN = 1024;

/**
 * The media type by the file's bytes, null when it is none that Facet knows. `filename` only breaks ties between kinds
 * of plain text, and between office files that a password hides. Reads a bounded part of the file.
 */
export async function detectMediaType(path: string, filename: string): Promise<MediaType | null> {
  const sample = await sampleFile(path);
  const extension = extensionOf(filename);
  const pdf = pdfHeader(sample);
  if (pdf === 'first') return 'application/pdf';

  // Text comes before signatures: prose may begin with BM, MZ or "The free", but no binary file is free of controls.
  const text = decodeText(sample);
  if (text !== null) {
    if (pdf === 'later' && endsAsPdf(sample)) return 'application/pdf';
    return textType(text, extension, sample.others.length === 0);
  }

  const binary = await binaryType(path, sample.head, extension);
  if (binary !== 'unknown') return binary === 'foreign' ? null : binary;
  return pdf === 'later' ? 'application/pdf' : null;
}

const extensionOf = (filename: string): string => /\.([a-z0-9]+)$/i.exec(filename)?.[1]?.toLowerCase() ?? '';

function pdfHeader({ head }: FileSample): 'first' | 'later' | 'none' {
  const at = head.subarray(0, PDF_HEADER_WITHIN).indexOf('%PDF-');
  if (at < 0) return 'none';
  return at === 0 ? 'first' : 'later';
}

/** Tells a PDF behind lines of text, such as HTTP headers, from a text about PDF. */
function endsAsPdf({ head, others }: FileSample): boolean {
  return (others.at(-1) ?? head).lastIndexOf('startxref') >= 0;
}
