import type { FileType } from './file-types.js';

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
