import { WorkFailure } from '../platform/work-failure.js';
import { resultJson } from './result-json.js';

it('leaves out what PostgreSQL would refuse', () => {
  const json = resultJson({ text: { content: 'a\0b\ud83dc', share: Number.NaN, gone: undefined } });
  expect(JSON.parse(json)).toEqual({ text: { content: 'ab\ufffdc', share: null } });
});

it('refuses results that are too large to keep', () => {
  expect(() => resultJson({ text: { content: 'x'.repeat(17 * 1024 * 1024) } })).toThrow(WorkFailure);
});
