import { plannedDelay, retryDelay, type RetryPolicy } from './retry-delay.js';

const policy = (strategy: RetryPolicy['strategy'], maxDelaySeconds = 60): RetryPolicy => ({
  strategy,
  delaySeconds: 0.5,
  maxDelaySeconds,
});

const planned = (rules: RetryPolicy) => [1, 2, 3, 4, 5, 6, 7].map((attempt) => plannedDelay(rules, attempt));

it.each([
  ['exponential', [0.5, 1, 2, 4, 8, 16, 32]],
  ['linear', [0.5, 1, 1.5, 2, 2.5, 3, 3.5]],
  ['fibonacci', [0.5, 0.5, 1, 1.5, 2.5, 4, 6.5]],
  ['fixed', [0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5]],
] as const)('grows in the way called %s', (strategy, delays) => {
  expect(planned(policy(strategy))).toEqual(delays);
});

it('never exceeds the longest wait, however many tries there were', () => {
  for (const strategy of ['exponential', 'linear', 'fibonacci'] as const) {
    expect(plannedDelay(policy(strategy, 10), 10_000)).toBe(10);
  }
});

it('takes any moment up to the planned one', () => {
  expect(retryDelay(policy('exponential'), 3, 0, () => 0)).toBe(0);
  expect(retryDelay(policy('exponential'), 3, 0, () => 0.5)).toBe(1000);
  const drawn = Array.from({ length: 1000 }, () => retryDelay(policy('exponential'), 3));
  expect(Math.max(...drawn)).toBeLessThanOrEqual(2000);
  // Half of them are expected on either side; 1000 draws miss these bounds once in more than a thousand million runs.
  expect(drawn.filter((delay) => delay < 1000).length).toBeGreaterThan(400);
  expect(drawn.filter((delay) => delay < 1000).length).toBeLessThan(600);
});

it('waits out a Retry-After and spreads what comes after it', () => {
  expect(retryDelay(policy('fixed'), 1, 7, () => 0)).toBe(7000);
  expect(retryDelay(policy('fixed'), 1, 7, () => 0.5)).toBe(7250);
});
