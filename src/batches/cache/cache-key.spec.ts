import { cacheKey, type CacheScope, scopeKey } from './cache-key.js';

const scope: CacheScope = {
  ownerId: 'ada',
  analyzer: 'external',
  endpoint: 'https://ai.example.com/',
  features: [],
  options: { prompt: 'What is this?', detail: 2 },
};

const url = 'https://images.example.com/1.jpg';

it('is the same for the same question', () => {
  const reordered = { ...scope, options: { detail: 2, prompt: 'What is this?' } };
  expect(cacheKey(scopeKey(reordered), url)).toBe(cacheKey(scopeKey(scope), url));
  expect(cacheKey(scopeKey(scope), url)).toMatch(/^[0-9a-f]{32}$/);
});

it.each<[string, Partial<CacheScope>]>([
  ['another owner', { ownerId: 'bob' }],
  ['another analyzer', { analyzer: 'image' }],
  ['another AI', { endpoint: 'https://other.example.com/' }],
  ['other features', { features: ['colors'] }],
  ['other options', { options: { prompt: 'What is this?', detail: 3 } }],
  ['fewer options', { options: { prompt: 'What is this?' } }],
])('is another for %s', (_what, change) => {
  expect(cacheKey(scopeKey({ ...scope, ...change }), url)).not.toBe(cacheKey(scopeKey(scope), url));
});

it('is another for another URL', () => {
  expect(cacheKey(scopeKey(scope), `${url}?`)).not.toBe(cacheKey(scopeKey(scope), url));
});
