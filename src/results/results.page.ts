import { responseJson } from '../analysis/analysis.dto.js';
import type { Page } from '../platform/http/paging.js';
import type { ListedRow } from './results.queries.js';

/** The results that a page does not bring along, by the id of their row. */
export type ResultsOf = (id: string) => Promise<string | null>;

export const isWhole = ({ items }: Page<ListedRow>): boolean => !items.some(lacksResults);

/** A page that is whole, as JSON. */
export function pageJson({ items, ...numbers }: Page<ListedRow>): string {
  return `{"items":[${items.map(responseJson).join(',')}],${JSON.stringify(numbers).slice(1)}`;
}

/** Any page as JSON, a row at a time, with no more of it in memory than its largest results. */
export async function* pagePieces(
  { items, ...numbers }: Page<ListedRow>,
  resultsOf: ResultsOf,
): AsyncGenerator<string> {
  let before = '{"items":[';
  for (const row of items) {
    const results = lacksResults(row) ? await resultsOf(row.id) : row.results;
    yield before + responseJson({ ...row, results });
    before = ',';
  }
  yield `],${JSON.stringify(numbers).slice(1)}`;
}

const lacksResults = ({ results, has_results }: ListedRow): boolean => has_results && results === null;
