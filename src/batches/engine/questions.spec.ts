import { Backlog } from './backlog.js';
import { Questions } from './questions.js';
import { OpenChunk, type Row } from './row.js';

const work = { uploadId: 'upload', ownerId: 'owner', analyzer: 'external', features: [], options: {} } as const;

const rowOf = (chunk: OpenChunk, key: string | null): Row => ({
  chunk,
  rowNumber: 1,
  url: '',
  host: '',
  key,
  tries: 0,
  waitingSince: null,
});

const [one, other] = [new OpenChunk('one', 1, 1, work), new OpenChunk('other', 1, 1, work)];

it('lets one ask, and tells who waits for it', () => {
  const questions = new Questions(new Backlog());
  const [asker, follower, stranger] = [rowOf(one, 'same'), rowOf(other, 'same'), rowOf(one, 'else')];
  expect([asker, follower, stranger].map((row) => questions.ask(row))).toEqual([true, false, true]);
  // Again, after a failure.
  expect(questions.ask(asker)).toBe(true);
  expect(questions.settle(stranger)).toEqual([]);
  expect(questions.settle(asker)).toEqual([follower]);
  expect(questions.ask(follower)).toBe(true);
});

it('lets everybody ask while there is no cache', () => {
  const questions = new Questions(new Backlog());
  expect([rowOf(one, null), rowOf(one, null)].map((row) => questions.ask(row))).toEqual([true, true]);
});

it('gives back who waits for a chunk that is gone, and forgets who waited in it', () => {
  const questions = new Questions(new Backlog());
  const orphan = rowOf(other, 'a');
  for (const row of [rowOf(one, 'a'), orphan]) questions.ask(row);
  const asker = rowOf(other, 'b');
  for (const row of [asker, rowOf(one, 'b')]) questions.ask(row);
  expect(questions.remove(one)).toEqual([orphan]);
  expect(questions.settle(asker)).toEqual([]);
});

it('has those who wait for an answer counted, until they hear it or are gone', () => {
  const backlog = new Backlog();
  const questions = new Questions(backlog);
  const askers = [rowOf(one, 'a'), rowOf(one, 'b'), rowOf(other, 'c')];
  for (const asker of askers) questions.ask(asker);
  for (const [chunk, key] of [
    [other, 'a'],
    [one, 'b'],
    [one, 'c'],
  ] as const) {
    for (let row = 0; row < 2_000; row += 1) questions.ask(rowOf(chunk, key));
  }
  expect(backlog.excludedUploads).toEqual(['upload']);

  questions.settle(askers[0]!);
  expect(backlog.excludedUploads).toEqual([]);
  for (let row = 0; row < 2_000; row += 1) questions.ask(rowOf(other, 'c'));
  expect(backlog.excludedUploads).toEqual(['upload']);
  questions.remove(one);
  expect(backlog.excludedUploads).toEqual([]);
  for (let row = 0; row < 2_000; row += 1) questions.ask(rowOf(one, 'c'));
  expect(backlog.excludedUploads).toEqual([]);
});
