import { ResultsQuery } from './results.dto.js';
import { Conditions, filterOf } from './results.filter.js';

const query = (changes: Partial<ResultsQuery>) => Object.assign(new ResultsQuery(), changes);

it.each([
  ['2025-03-29', '2025-03-30T00:00:00.000Z'],
  ['2024-02-29', '2024-03-01T00:00:00.000Z'],
  ['2025-12-31', '2026-01-01T00:00:00.000Z'],
  ['2025-03-29T00:00:00Z', '2025-03-29T00:00:00.001Z'],
  ['2025-03-29T05:59:59.999', '2025-03-29T06:00:00.000Z'],
])('to %s ends before %s', (to, before) => {
  expect(filterOf('me', query({ to })).before?.toISOString()).toBe(before);
});

it('from a date is from its first moment in UTC', () => {
  expect(filterOf('me', query({ from: '2025-03-29' })).from?.toISOString()).toBe('2025-03-29T00:00:00.000Z');
});

it('searches for nothing when there is nothing to search for', () => {
  expect(filterOf('me', query({ q: '' })).q).toBeUndefined();
  expect(filterOf('me', query({})).q).toBeUndefined();
});

it('searches for text that PostgreSQL can hold', () => {
  expect(filterOf('me', query({ q: 'a\0b\ud800' })).q).toBe('ab\ufffd');
});

it('numbers its parameters in the order in which they come', () => {
  const conditions = new Conditions({ ownerId: 'me', status: 'failed', fileType: 'video' })
    .between({ from: new Date(1), before: new Date(2) })
    .matching('50%_\\');
  expect(conditions.sql).toBe(
    'owner_id = $1 AND status = $2 AND file_type = $3 AND created_at >= $4 AND created_at < $5 AND filename ILIKE $6',
  );
  expect(conditions.values).toEqual(['me', 'failed', 'video', new Date(1), new Date(2), '%50\\%\\_\\\\%']);
  expect(conditions.parameter(20)).toBe(7);
});
