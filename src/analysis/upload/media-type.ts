import type { FileType } from '../analyzer.js';
import { binaryType } from './binary-type.js';
import { type FileSample, sampleFile } from './file-sample.js';
import { decodeText } from './text-sample.js';
import { textType } from './text-type.js';

/** What Facet accepts: the kind of file, and the extension that such a file is given. */
export const mediaTypes = {
  'image/jpeg': { fileType: 'image', extension: 'jpg' },
  'image/png': { fileType: 'image', extension: 'png' },
  'image/webp': { fileType: 'image', extension: 'webp' },
  'image/gif': { fileType: 'image', extension: 'gif' },
  'image/tiff': { fileType: 'image', extension: 'tiff' },
  'image/avif': { fileType: 'image', extension: 'avif' },
  'image/heic': { fileType: 'image', extension: 'heic' },
  'image/bmp': { fileType: 'image', extension: 'bmp' },
  'image/svg+xml': { fileType: 'image', extension: 'svg' },
  'video/mp4': { fileType: 'video', extension: 'mp4' },
  'video/x-msvideo': { fileType: 'video', extension: 'avi' },
  'video/quicktime': { fileType: 'video', extension: 'mov' },
  'video/x-matroska': { fileType: 'video', extension: 'mkv' },
  'video/x-ms-wmv': { fileType: 'video', extension: 'wmv' },
  'video/x-flv': { fileType: 'video', extension: 'flv' },
  'video/webm': { fileType: 'video', extension: 'webm' },
  'application/pdf': { fileType: 'document', extension: 'pdf' },
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': {
    fileType: 'document',
    extension: 'docx',
  },
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': { fileType: 'document', extension: 'xlsx' },
  'application/vnd.openxmlformats-officedocument.presentationml.presentation': {
    fileType: 'document',
    extension: 'pptx',
  },
  'text/csv': { fileType: 'document', extension: 'csv' },
  'text/plain': { fileType: 'document', extension: 'txt' },
  'text/markdown': { fileType: 'document', extension: 'md' },
  'text/html': { fileType: 'document', extension: 'html' },
} as const satisfies Record<string, { readonly fileType: FileType; readonly extension: string }>;

export type MediaType = keyof typeof mediaTypes;

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
  if (text !== null) return pdf === 'later' && endsAsPdf(sample) ? 'application/pdf' : textType(text, extension);

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
