import { pageOf } from '../platform/http/paging.js';
import { isWhole, pageJson, pagePieces } from './results.page.js';
import type { ListedRow } from './results.queries.js';

/** A name that is out to be taken for the place of the results. */
const FILENAME = '","results":null,"x":"$&\\"results":null.png';

const row = (id: string, results: unknown, carried = true): ListedRow => ({
  id,
  file_type: 'image',
  filename: FILENAME,
  media_type: 'image/png',
  size_bytes: 12,
  sha256: 'f'.repeat(64),
  status: 'completed',
  progress: 100,
  job_id: id,
  attempts: 1,
  features: ['image'],
  results: carried && results !== null ? JSON.stringify(results) : null,
  has_results: results !== null,
  error_code: null,
  error_message: null,
  processing_time: 0.5,
  created_at: new Date('2025-03-30T12:00:00.125Z'),
  started_at: null,
  completed_at: null,
  artifacts: [],
});

const page = (...rows: ListedRow[]) => pageOf({ page: 2, per_page: 3 }, rows, 100);

it('is the rows with their results, whatever their names', () => {
  const whole = page(row('a', { text: { content: 'ü $& "' } }), row('b', null));
  expect(isWhole(whole)).toBe(true);
  expect(JSON.parse(pageJson(whole))).toMatchObject({
    items: [
      { id: 'a', filename: FILENAME, results: { text: { content: 'ü $& "' } }, created_at: '2025-03-30T12:00:00.125Z' },
      { id: 'b', filename: FILENAME, results: null },
    ],
    page: 2,
    per_page: 3,
    total: 100,
    total_pages: 34,
  });
  expect(JSON.parse(pageJson(page()))).toMatchObject({ items: [], total: 100 });
});

it('asks for results that are too large when the row before has been taken', async () => {
  const large = page(row('a', { n: 1 }, false), row('b', { n: 2 }), row('c', { n: 3 }, false), row('gone', {}, false));
  expect(isWhole(large)).toBe(false);
  const asked: string[] = [];
  const pieces = pagePieces(large, (id) => {
    asked.push(id);
    return Promise.resolve(id === 'gone' ? null : `{"n":"${id}"}`);
  });

  const taken: string[] = [];
  const askedBy: string[][] = [];
  for await (const piece of pieces) {
    taken.push(piece);
    askedBy.push([...asked]);
  }

  expect(askedBy.slice(0, 4)).toEqual([['a'], ['a'], ['a', 'c'], ['a', 'c', 'gone']]);
  const { items } = JSON.parse(taken.join('')) as { items: { results: unknown }[] };
  expect(items.map(({ results }) => results)).toEqual([{ n: 'a' }, { n: 2 }, { n: 'c' }, null]);
});
