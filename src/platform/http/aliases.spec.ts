import { resolveAlias } from './aliases.js';

it.each([
  ['/analyze', '/api/v1/analyze'],
  ['/results', '/api/v1/results'],
  ['/results?page=2', '/api/v1/results?page=2'],
  ['/results/1/download/csv?x=/results', '/api/v1/results/1/download/csv?x=/results'],
  ['/api/progress/1/stream', '/api/v1/progress/1/stream'],
  ['/api/statistics/daily?days=3', '/api/v1/statistics/daily?days=3'],
  ['/api/history', '/api/v1/history'],
])('%s is %s', (alias, path) => {
  expect(resolveAlias(alias)).toBe(path);
});

it.each([
  '/',
  '/resultsets',
  '/analyzers',
  '/Results',
  '/api/v1/results',
  '/api/results',
  '/api/progressive',
  '//results',
])('%s is itself', (path) => {
  expect(resolveAlias(path)).toBe(path);
});
