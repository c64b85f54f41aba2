import type { ExternalFormat } from './external-call.js';

/** Facet's own protocol: any JSON object that comes back is the result. */
export const jsonFormat: ExternalFormat = {
  ask: ({ imageUrl, options, rowNumber, idempotencyKey }) => ({
    image_url: imageUrl,
    options,
    row_number: rowNumber,
    idempotency_key: idempotencyKey,
  }),
  read: (answer) => answer,
};
