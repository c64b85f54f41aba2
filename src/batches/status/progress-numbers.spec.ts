import { withProgress } from './progress-numbers.js';
import type { Numbers } from './status.queries.js';

const numbers = (more: Partial<Numbers>): Numbers => ({
  status: 'processing',
  total_urls: 3000,
  succeeded: 0,
  failed: 0,
  pending: 3000,
  cancelled: 0,
  recent: 0,
  ahead: 3000,
  running: null,
  ...more,
});

it('says nothing of a batch that has not begun', () => {
  expect(withProgress(numbers({ status: 'queued' }))).toMatchObject({
    processed: 0,
    progress: 0,
    success_rate: 0,
    urls_per_minute: 0,
    eta_seconds: null,
  });
});

it('counts rates over the last minute, and the rest at that rate', () => {
  const running = numbers({ succeeded: 900, failed: 100, pending: 2000, recent: 600, ahead: 2000, running: 300 });
  expect(withProgress(running)).toMatchObject({
    processed: 1000,
    progress: 33.33,
    success_rate: 90,
    urls_per_minute: 600,
    eta_seconds: 200,
  });
});

it('foretells the end of what runs, not of what is paused beside it', () => {
  const half = numbers({ succeeded: 600, pending: 2400, recent: 600, ahead: 400, running: 60 });
  expect(withProgress(half)).toMatchObject({ pending: 2400, eta_seconds: 40 });
});

it('counts over a shorter time what is younger than a minute', () => {
  const young = numbers({ succeeded: 500, pending: 2500, recent: 500, ahead: 2500, running: 10 });
  expect(withProgress(young)).toMatchObject({ urls_per_minute: 3000, eta_seconds: 50 });
});

it('says 100 of no row less than all, and foretells nothing of what does not run', () => {
  const almost = numbers({ total_urls: 1_000_000, succeeded: 999_999, pending: 1, recent: 10, ahead: 1, running: 60 });
  expect(withProgress(almost).progress).toBe(99.99);
  expect(withProgress({ ...almost, status: 'paused' }).eta_seconds).toBeNull();
  const done = numbers({
    status: 'completed',
    succeeded: 2000,
    failed: 1000,
    pending: 0,
    recent: 10,
    ahead: 0,
    running: 60,
  });
  expect(withProgress(done)).toMatchObject({ progress: 100, success_rate: 66.67, eta_seconds: null });
});
