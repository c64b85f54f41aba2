import { Backlog } from './backlog.js';
import { missingRow, OpenChunk } from './row.js';

let backlog: Backlog;

beforeEach(() => {
  backlog = new Backlog();
});

afterEach(() => {
  jest.useRealTimers();
});

/** A chunk all of whose rows wait, and how they cease to. */
function wait(uploadId: string, rows: number): { chunk: OpenChunk; leave: () => void } {
  const work = { uploadId, ownerId: 'owner', analyzer: 'image', features: [], options: {} } as const;
  const chunk = new OpenChunk(`batch-${uploadId}`, 1, 1, work);
  const all = Array.from({ length: rows }, (_row, index) => missingRow(chunk, index + 1));
  for (const row of all) backlog.enter(row);
  const leave = () => {
    for (const row of all) backlog.leave(row);
  };
  return { chunk, leave };
}

it('lets thousands of an upload wait, and then no more', () => {
  const { leave } = wait('a', 4_000);
  wait('b', 10);
  expect(backlog.excludedUploads).toEqual([]);
  wait('a', 1);
  expect(backlog.excludedUploads).toEqual(['a']);
  leave();
  expect(backlog.excludedUploads).toEqual([]);
});

it('excludes the uploads that make the backlog, and no others', () => {
  for (const name of ['a', 'b', 'c', 'd']) wait(name, 4_100);
  wait('few', 100);
  expect(backlog.excludedUploads).toEqual(['a', 'b', 'c', 'd']);
  // A fifth may have a fifth of the room.
  wait('few', 3_100);
  expect(backlog.excludedUploads).toEqual(['a', 'b', 'c', 'd']);
  wait('few', 100);
  expect(backlog.excludedUploads).toHaveLength(5);
});

it('releases what began to wait last of an upload with more than its share, and claims nothing of it for a while', () => {
  jest.useFakeTimers();
  for (const name of ['a', 'b', 'c']) wait(name, 10_000);
  expect(backlog.surplus()).toBeUndefined();
  const { chunk, leave } = wait('d', 10_000);
  wait('few', 1);
  expect(backlog.surplus()).toBe(chunk);
  leave();
  expect(backlog.surplus()).toBeUndefined();
  expect(backlog.excludedUploads).toContain('d');
  jest.advanceTimersByTime(61_000);
  expect(backlog.excludedUploads).not.toContain('d');
});
