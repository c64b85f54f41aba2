import { defineError } from '../../platform/errors.js';

export const fileMissing = defineError('file_missing', 422, 'The multipart field file is missing.');

export const fileEmpty = defineError('file_empty', 422, 'The file has no bytes.');

export const fileTooLarge = defineError(
  'file_too_large',
  413,
  'The file is larger than MAX_CONTENT_LENGTH.',
  (limit: number) => ({ message: `The file is larger than ${limit} bytes.`, details: { max_bytes: limit } }),
);

export const unsupportedFileType = defineError(
  'unsupported_file_type',
  415,
  'The bytes of the file are of no type that can be analyzed, or not of the file_type named.',
  (found: string | null, wanted: string | null) => ({
    message: wanted
      ? `The file is not of type ${wanted}${found ? ` but ${found}` : ''}.`
      : 'The bytes of the file are of no type that can be analyzed.',
    details: { media_type: found, file_type: wanted },
  }),
);

export const uploadInterrupted = defineError(
  'upload_interrupted',
  400,
  'The upload ended before the file was complete.',
);
