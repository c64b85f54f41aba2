import { Crowd } from './crowd.js';
import { missingRow, OpenChunk } from './row.js';

let crowd: Crowd;

beforeEach(() => {
  crowd = new Crowd();
});

afterEach(() => {
  jest.useRealTimers();
});

/** A chunk all of whose rows wait, and how they cease to. */
function wait(uploadId: string, rows: number): { chunk: OpenChunk; leave: () => void } {
  const work = { uploadId, ownerId: 'owner', analyzer: 'image', features: [], options: {} } as const;
  const chunk = new OpenChunk(`batch-${uploadId}`, 1, 1, work);
  const all = Array.from({ length: rows }, (_row, index) => missingRow(chunk, index + 1));
  for (const row of all) crowd.enter(row);
  const leave = () => {
    for (const row of all) crowd.leave(row);
  };
  return { chunk, leave };
}

it('lets thousands of an upload wait, and then no more', () => {
  const { leave } = wait('a', 4_000);
  wait('b', 10);
  expect(crowd.excluded).toEqual([]);
  wait('a', 1);
  expect(crowd.excluded).toEqual(['a']);
  leave();
  expect(crowd.excluded).toEqual([]);
});

it('keeps out those who make the crowd, and nobody else', () => {
  for (const name of ['a', 'b', 'c', 'd']) wait(name, 4_100);
  wait('few', 100);
  expect(crowd.excluded).toEqual(['a', 'b', 'c', 'd']);
  // A fifth may have a fifth of the room.
  wait('few', 3_100);
  expect(crowd.excluded).toEqual(['a', 'b', 'c', 'd']);
  wait('few', 100);
  expect(crowd.excluded).toHaveLength(5);
});

it('gives back what began to wait last of those who have too much, and takes nothing of them for a while', () => {
  jest.useFakeTimers();
  for (const name of ['a', 'b', 'c']) wait(name, 10_000);
  expect(crowd.surplus()).toBeUndefined();
  const { chunk, leave } = wait('d', 10_000);
  wait('few', 1);
  expect(crowd.surplus()).toBe(chunk);
  leave();
  expect(crowd.surplus()).toBeUndefined();
  expect(crowd.excluded).toContain('d');
  jest.advanceTimersByTime(61_000);
  expect(crowd.excluded).not.toContain('d');
});
