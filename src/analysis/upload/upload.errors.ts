import { defineError } from '../../platform/errors.js';

export const fileEmpty = defineError('file_empty', 422, 'The file has no bytes.');

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
