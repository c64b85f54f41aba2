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
  const questions = new Questions();
  const [asker, follower, stranger] = [rowOf(one, 'same'), rowOf(other, 'same'), rowOf(one, 'else')];
  expect([asker, follower, stranger].map((row) => questions.ask(row))).toEqual([true, false, true]);
  // Again, after a failure.
  expect(questions.ask(asker)).toBe(true);
  expect(questions.settle(stranger)).toEqual([]);
  expect(questions.settle(asker)).toEqual([follower]);
  expect(questions.ask(follower)).toBe(true);
});

it('lets everybody ask while there is no cache', () => {
  const questions = new Questions();
  expect([rowOf(one, null), rowOf(one, null)].map((row) => questions.ask(row))).toEqual([true, true]);
});

it('gives back who waits for a chunk that is gone, and forgets who waited in it', () => {
  const questions = new Questions();
  const orphan = rowOf(other, 'a');
  for (const row of [rowOf(one, 'a'), orphan]) questions.ask(row);
  const asker = rowOf(other, 'b');
  for (const row of [asker, rowOf(one, 'b')]) questions.ask(row);
  expect(questions.remove(one)).toEqual([orphan]);
  expect(questions.settle(asker)).toEqual([]);
});
