import { pageOf } from './paging.js';

it.each([
  [0, 20, 0],
  [1, 20, 1],
  [20, 20, 1],
  [21, 20, 2],
  [100, 1, 100],
  [1_000_000, 100, 10_000],
])('%d rows of %d a page are %d pages', (total, per_page, total_pages) => {
  expect(pageOf({ page: 3, per_page }, ['a'], total)).toEqual({ items: ['a'], page: 3, per_page, total, total_pages });
});
