import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import type { SinkOwner } from './body-sink.js';
import { MemorySink } from './memory-sink.js';

let ended: string[];
const owner: SinkOwner = { fail: (error) => ended.push(error.message), cutOff: () => ended.push('cut off') };

beforeEach(() => {
  ended = [];
});

const NEVER_DRAINS = () => undefined;

it.each([1, 2, 999, 1000, 1001, 2500])('keeps %d chunks as they came', (chunks) => {
  const sink = new MemorySink(owner, 1_000_000, 'fail');
  for (let chunk = 0; chunk < chunks; chunk += 1) sink.write(Buffer.from([chunk % 251]), NEVER_DRAINS);
  expect(sink.end()).toBeUndefined();
  expect(sink.bytes).toEqual(Buffer.from(Array.from({ length: chunks }, (_chunk, index) => index % 251)));
});

it.each([1, 3])('returns no more than its limit, however the %d chunks lie', (chunks) => {
  const sink = new MemorySink(owner, 10, 'truncate');
  for (let chunk = 0; chunk < chunks; chunk += 1) sink.write(Buffer.alloc(30 / chunks, 'x'), NEVER_DRAINS);
  expect(sink.bytes.toString()).toBe('xxxxxxxxxx');
});

it.each([
  ['gzip', gzipSync],
  ['x-gzip', gzipSync],
  ['deflate', deflateSync],
  ['br', brotliCompressSync],
] as const)('decodes %s', async (encoding, compress) => {
  const sink = new MemorySink(owner, 100_000, 'fail', encoding);
  for (const byte of compress('text '.repeat(10_000))) sink.write(Buffer.from([byte]), NEVER_DRAINS);
  await sink.end();
  expect(sink.bytes.toString()).toBe('text '.repeat(10_000));
  expect(ended).toEqual([]);
});

it.each([
  ['fail', 'The answer has more than 100 bytes.'],
  ['truncate', 'cut off'],
] as const)('counts decoded bytes: %s', async (overflow, outcome) => {
  const sink = new MemorySink(owner, 100, overflow, 'gzip');
  sink.write(gzipSync('0123456789'.repeat(1000)), NEVER_DRAINS);
  await sink.end();
  expect(ended[0]).toBe(outcome);
  expect(sink.bytes.toString()).toBe('0123456789'.repeat(10));
});

it('refuses an encoding that it does not understand, and bytes that are not of their encoding', async () => {
  expect(() => new MemorySink(owner, 100, 'fail', 'zstd')).toThrow('not understood');
  const sink = new MemorySink(owner, 100, 'fail', 'gzip');
  sink.write(Buffer.from('no gzip'), NEVER_DRAINS);
  await expect(sink.end()).rejects.toThrow('not packed as');
  expect(ended).toEqual(['The body is not packed as its content-encoding says.']);
});
