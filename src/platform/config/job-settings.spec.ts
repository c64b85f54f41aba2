import { loadEnvironment } from './load-environment.js';

it('has the times of production unless they are set', () => {
  const environment = loadEnvironment({});
  expect(environment).toMatchObject({
    JOB_LEASE: 10,
    JOB_RESCUE_INTERVAL: 2.5,
    JOB_QUEUE_LOCK: 10,
    SHUTDOWN_GRACE: 10,
  });
  expect(environment.leaseRenewalMs).toBe(2500);
  expect(environment.databaseStartGraceSeconds).toBe(5);
});

it.each([1, 3, 10, 300])(
  'renews a lease of %i s before it is doubted, and twice in the grace after a start',
  (seconds) => {
    const { leaseRenewalMs, databaseStartGraceSeconds } = loadEnvironment({ JOB_LEASE: String(seconds) });
    expect(leaseRenewalMs / 1000).toBeLessThan(seconds * 0.9);
    expect(databaseStartGraceSeconds * 1000).toBeGreaterThanOrEqual(2 * leaseRenewalMs);
  },
);
