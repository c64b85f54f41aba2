import { defineError } from '../platform/errors.js';

export const batchNotFound = defineError('batch_not_found', 404, 'There is no such batch.');

export const batchConflict = defineError(
  'batch_conflict',
  409,
  'The status of the batch does not allow this.',
  (status: string, wish: string) => ({ message: `A batch that is ${status} cannot be ${wish}.`, details: { status } }),
);
