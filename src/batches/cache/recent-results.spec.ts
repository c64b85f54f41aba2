import { RecentResults } from './recent-results.js';

afterEach(() => {
  jest.useRealTimers();
});

it('remembers what it was told, for its time', () => {
  jest.useFakeTimers({ doNotFake: ['setImmediate'] });
  const recent = new RecentResults(1_000);
  recent.add('key', '{"label":"cat"}');
  expect([recent.get('key'), recent.get('other')]).toEqual(['{"label":"cat"}', null]);
  jest.advanceTimersByTime(1_001);
  expect(recent.get('key')).toBeNull();
});

it('forgets the oldest and never holds more than a few thousand', () => {
  const recent = new RecentResults(60_000);
  for (let key = 0; key < 100_000; key++) recent.add(String(key), 'null');
  const kept = Array.from({ length: 100_000 }, (_key, key) => recent.get(String(key))).filter(Boolean);
  expect(recent.get('99999')).toBe('null');
  expect(kept.length).toBeGreaterThan(4_000);
  expect(kept.length).toBeLessThan(10_000);
});

it('does not hold what is long', () => {
  const recent = new RecentResults(60_000);
  recent.add('key', ' '.repeat(100_000));
  expect(recent.get('key')).toBeNull();
});
