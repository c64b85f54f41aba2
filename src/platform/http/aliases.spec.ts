import { defineAlias, resolveAlias } from './aliases.js';

beforeAll(() => {
  defineAlias('/analyze', '/api/v1/analyze');
  defineAlias('/results', '/api/v1/results');
  defineAlias('/api/progress', '/api/v1/progress');
  defineAlias('/api/statistics', '/api/v1/statistics');
  defineAlias('/api/history', '/api/v1/history');
});

it('refuses to define an alias twice', () => {
  expect(() => {
    defineAlias('/results', '/api/v1/batches');
  }).toThrow('twice');
});

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
