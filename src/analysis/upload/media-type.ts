import type { FileType } from '../analyzer.js';
import { detectBinaryType } from './binary-type.js';
import { hasPdfHeader, sampleText } from './text-sample.js';
import { textTypeOf } from './text-type.js';

const OFFICE = 'application/vnd.openxmlformats-officedocument';

/** Everything that Facet takes: what kind of file it is, and the extension that such files usually carry. */
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
  [`${OFFICE}.wordprocessingml.document`]: { fileType: 'document', extension: 'docx' },
  [`${OFFICE}.spreadsheetml.sheet`]: { fileType: 'document', extension: 'xlsx' },
  [`${OFFICE}.presentationml.presentation`]: { fileType: 'document', extension: 'pptx' },
  'text/csv': { fileType: 'document', extension: 'csv' },
  'text/plain': { fileType: 'document', extension: 'txt' },
  'text/markdown': { fileType: 'document', extension: 'md' },
  'text/html': { fileType: 'document', extension: 'html' },
} as const satisfies Record<string, { fileType: FileType; extension: string }>;

export type MediaType = keyof typeof mediaTypes;

/** The media type by the file's bytes, null when it is none that Facet knows. `filename` only breaks ties. */
export async function detectMediaType(path: string, filename: string): Promise<MediaType | null> {
  const extension = /\.([a-z0-9]+)$/i.exec(filename)?.[1]?.toLowerCase() ?? '';
  const binary = await detectBinaryType(path, extension);
  if (binary !== 'unknown') return binary;
  const text = await sampleText(path);
  if (text) return textTypeOf(text, extension);
  return (await hasPdfHeader(path)) ? 'application/pdf' : null;
}
