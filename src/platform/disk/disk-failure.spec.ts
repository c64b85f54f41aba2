import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSmallDisk } from '../../../test/support/small-disk.js';
import {
  DiskFailure,
  diskFailureBehind,
  diskFailureOf,
  diskTroubleAt,
  diskTroubleIn,
  diskTroubleOf,
} from './disk-failure.js';

const withCode = (code: string, more: object = {}) => Object.assign(new Error('it failed'), { code, ...more });

it.each([
  ['ENOSPC', 'full'],
  ['EDQUOT', 'full'],
  ['EFBIG', 'full'],
  ['EROFS', 'read_only'],
  ['EIO', 'unusable'],
  ['EACCES', 'unusable'],
  ['ENOENT', null],
  ['ECONNRESET', null],
])('takes %s for %s', (code, trouble) => {
  expect(diskTroubleOf(withCode(code))).toBe(trouble);
  expect(diskTroubleOf(new Error('outer', { cause: withCode(code) }))).toBe(trouble);
  expect(diskTroubleOf(new AggregateError([new Error('other'), withCode(code)]))).toBe(trouble);
});

it('follows a circle of causes to no end', () => {
  const circle = new Error('circle');
  circle.cause = circle;
  expect(diskTroubleOf(circle)).toBeNull();
});

it.each([
  ['av_interleaved_write_frame(): No space left on device', 'full'],
  ['vips2: unable to write to file /x\nunix error: Disk quota exceeded', 'full'],
  ['Error: ENOSPC: no space left on device, write', 'full'],
  ['Read-only file system', 'read_only'],
  ['Invalid data found when processing input', null],
])('reads %j as %s', (text, trouble) => {
  expect(diskTroubleIn(text)).toBe(trouble);
});

it('finds the full disk behind an error that hides it, and none where there is room', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'facet-trial-'));
  const hidden = new Error('the encoder gave up');
  expect(await diskTroubleAt(folder)).toBeNull();
  expect(await diskFailureBehind(hidden, folder)).toBeNull();
  expect(await diskFailureBehind(hidden, join(folder, 'missing'))).toBeNull();
  expect(await readdir(folder)).toEqual([]);
  await rm(folder, { recursive: true });

  const disk = buildSmallDisk(1);
  disk.fill(process.pid);
  const [trouble, behind] = [await diskTroubleAt(disk.directory), await diskFailureBehind(hidden, disk.directory)];
  disk.makeRoom(process.pid);
  expect(trouble).toBe('full');
  expect(behind).toMatchObject({ name: 'DiskFailure', trouble: 'full', message: 'full: the encoder gave up' });
  expect(await diskTroubleAt(disk.directory)).toBeNull();
  disk.remove();
});

it('keeps a failure as it is', () => {
  const failure = new DiskFailure('full', 'it was full');
  expect(diskFailureOf(failure)).toBe(failure);
  expect(diskFailureOf(withCode('EDQUOT'))).toMatchObject({ trouble: 'full' });
  expect(diskFailureOf(new Error('other'))).toBeNull();
});
