import { createHash, type Hash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { parentPort } from 'node:worker_threads';
import type { DigestAnswer, DigestTask } from './file-digest.js';

/** The main file of the thread that computes digests. It works synchronously: it has nothing else to do. */

interface Reading {
  readonly descriptor: number;
  readonly hash: Hash;
  position: number;
}

const readings = new Map<number, Reading>();
const block = Buffer.alloc(262_144);

const answer = (message: DigestAnswer) => parentPort?.postMessage(message);

function follow({ file, path, written, state }: DigestTask): void {
  const reading = readings.get(file) ?? { descriptor: openSync(path, 'r'), hash: createHash('sha256'), position: 0 };
  readings.set(file, reading);
  while (reading.position < written) {
    const length = Math.min(block.length, written - reading.position);
    const read = readSync(reading.descriptor, block, 0, length, reading.position);
    if (read === 0) throw new Error('The file is shorter than was said');
    reading.hash.update(block.subarray(0, read));
    reading.position += read;
  }
  if (state !== 'complete') return;
  answer({ file, sha256: reading.hash.digest('hex') });
  forget(file);
}

function forget(file: number): void {
  const reading = readings.get(file);
  readings.delete(file);
  if (reading) closeSync(reading.descriptor);
}

parentPort?.on('message', (task: DigestTask) => {
  try {
    if (task.state === 'abandoned') forget(task.file);
    else follow(task);
  } catch {
    // Of a file that is gone before it is complete nobody will ask; for the rest, null is the answer.
    forget(task.file);
    if (task.state === 'complete') answer({ file: task.file, sha256: null });
  }
});
