import { setTimeout as delay } from 'node:timers/promises';
import { RecentResults } from './recent-results.js';

it('keeps a result for its time to live', async () => {
  const recent = new RecentResults(300);
  recent.add('key', '{"label":"cat"}');
  expect([recent.get('key'), recent.get('other')]).toEqual(['{"label":"cat"}', null]);
  await delay(350);
  expect(recent.get('key')).toBeNull();
});

it('evicts the least recently used and never holds more than a few thousand', () => {
  const recent = new RecentResults(60_000);
  for (let key = 0; key < 100_000; key++) {
    recent.add(String(key), 'null');
    recent.get('7');
  }
  const kept = Array.from({ length: 100_000 }, (_key, key) => recent.get(String(key))).filter(Boolean);
  expect([recent.get('7'), recent.get('8'), recent.get('99999')]).toEqual(['null', null, 'null']);
  expect(kept.length).toBeGreaterThan(4_000);
  expect(kept.length).toBeLessThan(10_000);
});

it('holds a bounded number of characters', () => {
  const recent = new RecentResults(60_000);
  for (let key = 0; key < 1_000; key++) recent.add(String(key), ' '.repeat(30_000));
  const kept = Array.from({ length: 1_000 }, (_key, key) => recent.get(String(key))).filter(Boolean);
  expect(kept.length * 30_000).toBeLessThanOrEqual(8_000_000);
  expect(recent.get('999')).not.toBeNull();
});

it('does not keep a long result', () => {
  const recent = new RecentResults(60_000);
  recent.add('key', ' '.repeat(100_000));
  expect(recent.get('key')).toBeNull();
});
