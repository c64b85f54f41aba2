import { JobAborted, JobFailure, JobPostponed } from '../job-errors.js';
import { type ClaimedJob, exponentialRetry, type JobKind } from '../job.kind.js';
import { changeBy, outgrown, postponed } from './outcome.js';

const kind = {
  name: 'tests',
  maxCrashes: 3,
  poison: { code: 'poison', message: 'It crashed.' },
  retry: exponentialRetry(10, 4, 3600, 2),
} as unknown as JobKind;

const job = (crashes = 0, attempt = 1) => ({ id: 'x', attempt, crashes }) as ClaimedJob;
const withCode = (code: string) => Object.assign(new Error('refused'), { code });

it('counts nothing against what was stopped, postponed or met a database that is away or full', () => {
  const queued = { status: 'queued', crashed: false, error_code: null };
  expect(changeBy(kind, job(2), new JobAborted('stopping'))).toMatchObject({ ...queued, delaySeconds: null });
  expect(changeBy(kind, job(2), new JobPostponed('No room.', 7))).toMatchObject({ ...queued, delaySeconds: 7 });
  expect(postponed('No room.', 2)).toMatchObject({ ...queued, delaySeconds: 2, error_message: 'No room.' });
  expect(changeBy(kind, job(2), withCode('53100'))).toMatchObject({ ...queued, delaySeconds: 1 });
  expect(changeBy(kind, job(2), withCode('57P01'))).toMatchObject({ ...queued, delaySeconds: 1 });
});

it('writes nothing of what is no longer wanted', () => {
  expect(changeBy(kind, job(), new JobAborted('unwanted'))).toBeNull();
});

it('repeats what failed as the kind says, and never what no attempt could change', () => {
  const failure = new JobFailure('refused', 'It was refused.');
  expect(changeBy(kind, job(0, 1), failure)).toMatchObject({ status: 'queued', crashed: false, delaySeconds: 10 });
  expect(changeBy(kind, job(0, 2), failure)).toMatchObject({ status: 'failed', error_code: 'refused' });
  const permanent = new JobFailure('refused', 'It was refused.', true);
  expect(changeBy(kind, job(0, 1), permanent)).toMatchObject({ status: 'failed', error_code: 'refused' });
});

it('fails as poison what crashes as often as it may', () => {
  expect(changeBy(kind, job(1), new Error('boom'))).toMatchObject({ status: 'queued', crashed: true });
  expect(changeBy(kind, job(2), new Error('boom'))).toMatchObject({ status: 'failed', error_code: 'poison' });
});

it('fails what needs more room than there is when it has had as many attempts', () => {
  expect(outgrown(kind, job(1))).toMatchObject({ status: 'queued', crashed: true });
  expect(outgrown(kind, job(2))).toMatchObject({ status: 'failed', crashed: true, error_code: 'storage_full' });
  const outOfRoom = { code: 'too_big', message: 'Too big.' };
  expect(outgrown({ ...kind, outOfRoom }, job(2))).toMatchObject({ status: 'failed', error_code: 'too_big' });
});
