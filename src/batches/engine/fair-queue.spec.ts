import { FairQueue } from './fair-queue.js';
import { OpenChunk, type Row } from './row.js';

const chunkOf = (uploadId: string, ownerId = uploadId): OpenChunk =>
  new OpenChunk(`batch-${uploadId}`, 1, 1, { uploadId, ownerId, analyzer: 'external', features: [], options: {} });

const rowsOf = (chunk: OpenChunk, count: number): Row[] =>
  Array.from({ length: count }, (_row, index) => ({
    chunk,
    rowNumber: index + 1,
    url: '',
    host: '',
    key: null,
    tries: 0,
    waitingSince: null,
  }));

function queueOf(...chunks: readonly (readonly [OpenChunk, number])[]): FairQueue {
  const queue = new FairQueue();
  for (const [chunk, count] of chunks) for (const row of rowsOf(chunk, count)) queue.add(row);
  return queue;
}

const takeAll = (queue: FairQueue, count: number): Row[] =>
  Array.from({ length: count }, () => queue.take()).filter((row) => row !== undefined);

const countOf = (rows: readonly Row[], chunk: OpenChunk): number => rows.filter((row) => row.chunk === chunk).length;

it('gives the rows of one upload in their order', () => {
  const queue = queueOf([chunkOf('a'), 3]);
  expect(takeAll(queue, 4).map(({ rowNumber }) => rowNumber)).toEqual([1, 2, 3]);
  expect([queue.waiting, queue.inFlight]).toEqual([0, 3]);
});

it('gives every upload as many places as any other', () => {
  const [crowd, few] = [chunkOf('crowd'), chunkOf('few')];
  const queue = queueOf([crowd, 1000], [few, 3]);
  expect(countOf(takeAll(queue, 6), few)).toBe(3);

  const late = chunkOf('late');
  for (const row of rowsOf(late, 10)) queue.add(row);
  expect(countOf(takeAll(queue, 3), late)).toBe(3);
});

it('counts owners before uploads: who sends in ten files has no more places for it', () => {
  const many = Array.from({ length: 10 }, (_chunk, index) => chunkOf(`file-${index}`, 'greedy'));
  const one = chunkOf('one', 'modest');
  const queue = queueOf(...many.map((chunk) => [chunk, 10] as const), [one, 10]);
  const taken = takeAll(queue, 20);
  expect(countOf(taken, one)).toBe(10);
  for (const chunk of many) expect(countOf(taken, chunk)).toBe(1);
});

it('gives a place that became free to whom it is due', () => {
  const [one, other] = [chunkOf('one'), chunkOf('other')];
  const queue = queueOf([one, 4], [other, 4]);
  const taken = takeAll(queue, 4);
  for (const row of taken.filter(({ chunk }) => chunk === one)) queue.giveBack(row);
  expect(takeAll(queue, 2).map(({ chunk }) => chunk)).toEqual([one, one]);
});

it('forgets what waits of a chunk and keeps account of what is in flight', () => {
  const [gone, stays] = [chunkOf('gone'), chunkOf('stays')];
  const queue = queueOf([gone, 5], [stays, 5]);
  const taken = takeAll(queue, 4);
  queue.remove(gone);
  expect([queue.waiting, queue.inFlight]).toEqual([3, 4]);
  expect(queue.load()).toEqual(
    new Map([
      ['gone', 2],
      ['stays', 5],
    ]),
  );
  for (const row of taken) queue.giveBack(row);
  expect(countOf(takeAll(queue, 10), stays)).toBe(3);
  expect(queue.load().has('gone')).toBe(false);
});
