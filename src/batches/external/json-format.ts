import type { ExternalFormat } from './external-call.js';
import { onOneLine } from './on-one-line.js';

/** Facet's own protocol: any JSON object that comes back is the result, as it was written. */
export const jsonFormat: ExternalFormat = {
  ask: ({ imageUrl, options, rowNumber, idempotencyKey }) => ({
    image_url: imageUrl,
    options,
    row_number: rowNumber,
    idempotency_key: idempotencyKey,
  }),
  // Written anew, numbers that JavaScript does not have would be others.
  read: (_answer, text) => onOneLine(text),
};
