import { AnalysisFailure } from '../analysis.failures.js';
import type { AnalysisResults } from '../analyzer.js';

/** Bytes of results that one analysis may have; everything larger belongs into an artifact. */
const MAX_BYTES = 16 * 1024 * 1024;

/** Results as JSON that PostgreSQL takes: no NUL, no half surrogate pairs, numbers finite. */
export function resultsJson(results: AnalysisResults): string {
  const json = JSON.stringify(results, (_key, value: unknown) => (typeof value === 'string' ? storable(value) : value));
  if (Buffer.byteLength(json) > MAX_BYTES) {
    throw new AnalysisFailure('results_too_large', `The results are larger than ${MAX_BYTES} bytes.`);
  }
  return json;
}

const storable = (text: string): string => text.toWellFormed().replaceAll('\0', '');
