import { FAILURE_CLASSES, isWorthRetrying, OutboundFailure, retryAfterSeconds } from './outbound.failure.js';

it('tries again what may pass, and nothing that stays', () => {
  expect(FAILURE_CLASSES.filter(isWorthRetrying)).toEqual([
    'dns',
    'connect',
    'timeout',
    'http_5xx',
    'rate_limited',
    'circuit_open',
  ]);
});

it.each([
  ['7', 7],
  ['0', 0],
  [' 120 ', 120],
  ['Sat, 21 Nov 2026 12:00:30 GMT', 30],
  ['Sat, 21 Nov 2026 11:00:00 GMT', 0],
  ['soon', undefined],
  ['-1', undefined],
  ['1.5', undefined],
  ['', undefined],
  [undefined, undefined],
])('reads Retry-After %j', (header, seconds) => {
  expect(retryAfterSeconds(header, Date.UTC(2026, 10, 21, 12))).toBe(seconds);
});

it('does not let a host park rows for ever', () => {
  expect(new OutboundFailure('rate_limited', '', 4_000_000_000).retryAfter).toBe(300);
});
