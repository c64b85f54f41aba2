import { WorkFailure } from '../platform/work-failure.js';

/** Bytes of results that one task may have; everything larger belongs into an artifact. */
const MAX_RESULT_BYTES = 16 * 1024 * 1024;

/** Results as JSON that PostgreSQL takes: no NUL, no half surrogate pairs, numbers finite. */
export function resultJson(results: Record<string, unknown>): string {
  const json = JSON.stringify(results, (_key, value: unknown) => (typeof value === 'string' ? storable(value) : value));
  if (Buffer.byteLength(json) > MAX_RESULT_BYTES) {
    throw new WorkFailure('results_too_large', `The results are larger than ${MAX_RESULT_BYTES} bytes.`);
  }
  return json;
}

const storable = (text: string): string => text.toWellFormed().replaceAll('\0', '');
