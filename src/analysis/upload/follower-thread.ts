import { createHash, type Hash } from 'node:crypto';
import { closeSync, fdatasync, openSync, readSync } from 'node:fs';
import { parentPort } from 'node:worker_threads';
import type { FollowerAnswer, FollowerTask } from './file-follower.js';

/** The main file of the thread that follows uploads. It reads synchronously: it has nothing else to do. */

/** Bytes after which a file is brought to the disk again, so that little is left to wait for when it is complete. */
const FLUSH = 8_388_608;

/** Files that are on their way to the disk at once; the writers need threads of the same pool. */
const FLUSHES = 2;

interface Reading {
  readonly descriptor: number;
  readonly hash: Hash;
  position: number;
  flushed: number;
  flushing: boolean;
  closing: boolean;
}

const readings = new Map<number, Reading>();
const block = Buffer.alloc(262_144);
let flushes = 0;

const answer = (message: FollowerAnswer) => parentPort?.postMessage(message);

function follow({ file, path, written, state }: FollowerTask): void {
  const reading = readings.get(file) ?? open(path);
  readings.set(file, reading);
  read(reading, written);
  if (state === 'complete') {
    answer({ file, sha256: reading.hash.digest('hex') });
    forget(file);
  } else flush(reading);
}

const open = (path: string): Reading => ({
  descriptor: openSync(path, 'r'),
  hash: createHash('sha256'),
  position: 0,
  flushed: 0,
  flushing: false,
  closing: false,
});

function read(reading: Reading, written: number): void {
  while (reading.position < written) {
    const length = Math.min(block.length, written - reading.position);
    const count = readSync(reading.descriptor, block, 0, length, reading.position);
    if (count === 0) throw new Error('The file is shorter than was said');
    reading.hash.update(block.subarray(0, count));
    reading.position += count;
  }
}

/** What goes wrong here goes wrong again, and is told, when storage takes the file over. */
function flush(reading: Reading): void {
  if (reading.flushing || flushes === FLUSHES || reading.position - reading.flushed < FLUSH) return;
  reading.flushed = reading.position;
  reading.flushing = true;
  flushes += 1;
  fdatasync(reading.descriptor, () => {
    flushes -= 1;
    reading.flushing = false;
    if (reading.closing) closeSync(reading.descriptor);
  });
}

function forget(file: number): void {
  const reading = readings.get(file);
  readings.delete(file);
  if (!reading) return;
  reading.closing = true;
  if (!reading.flushing) closeSync(reading.descriptor);
}

parentPort?.on('message', (task: FollowerTask) => {
  try {
    if (task.state === 'abandoned') forget(task.file);
    else follow(task);
  } catch {
    // A file that is gone before it is complete was refused and nobody asks for it; for the rest, null is the answer.
    forget(task.file);
    if (task.state === 'complete') answer({ file: task.file, sha256: null });
  }
});
