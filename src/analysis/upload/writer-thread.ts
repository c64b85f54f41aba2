import { createHash, type Hash } from 'node:crypto';
import { closeSync, constants, openSync, write } from 'node:fs';
import { parentPort } from 'node:worker_threads';
import { BLOCK } from './blocks.js';
import type { Run, WriterAnswer, WriterTask } from './file-writer.js';

/** The main file of the thread that writes uploads. */

interface Target {
  /** Goes past the page cache: what lies in the file lies on the disk, without another copy in memory. */
  readonly direct: number;
  readonly plain: number;
  readonly hash: Hash;
  size: number;
  writing: number;
  closing: boolean;
}

const targets = new Map<number, Target>();

parentPort?.on('message', (task: WriterTask) => {
  if ('abandoned' in task) close(task.abandoned);
  else take(task);
});

const answer = (message: WriterAnswer) => parentPort?.postMessage(message);

function take({ run, file, path, bytes, last }: Run): void {
  try {
    const target = targets.get(file) ?? open(file, path);
    put(target, bytes, (error) => {
      const sha256 = last ? target.hash.digest('hex') : undefined;
      answer({ run, sha256, error: error && { message: error.message, code: error.code } });
    });
    // While the disk is busy.
    target.hash.update(bytes);
    if (last) close(file);
  } catch (error) {
    const { message, code } = error as NodeJS.ErrnoException;
    answer({ run, error: { message, code } });
  }
}

function open(file: number, path: string): Target {
  const plain = openSync(path, constants.O_WRONLY);
  const target = { direct: openDirect(path) ?? plain, plain, hash: createHash('sha256') };
  const begun = { ...target, size: 0, writing: 0, closing: false };
  targets.set(file, begun);
  return begun;
}

/** Not every system and not every file system can. */
function openDirect(path: string): number | undefined {
  if (!(constants.O_DIRECT as number | undefined)) return undefined;
  try {
    return openSync(path, constants.O_WRONLY | constants.O_DIRECT);
  } catch {
    return undefined;
  }
}

function put(target: Target, bytes: Uint8Array, done: (error?: NodeJS.ErrnoException) => void): void {
  const position = target.size;
  target.size += bytes.length;
  target.writing += 1;
  // A block that is not full has an end that the disk would not take by itself.
  writeAll(target, bytes.length === BLOCK, bytes, position, (error) => {
    target.writing -= 1;
    if (target.closing) closeWhenWritten(target);
    done(error);
  });
}

function writeAll(
  target: Target,
  directly: boolean,
  bytes: Uint8Array,
  position: number,
  done: (error?: NodeJS.ErrnoException) => void,
): void {
  write(directly ? target.direct : target.plain, bytes, 0, bytes.length, position, (error, written) => {
    if (error?.code === 'EINVAL' && directly) writeAll(target, false, bytes, position, done);
    else if (error) done(error);
    else if (written === bytes.length) done();
    else writeAll(target, false, bytes.subarray(written), position + written, done);
  });
}

function close(file: number): void {
  const target = targets.get(file);
  targets.delete(file);
  if (!target) return;
  target.closing = true;
  closeWhenWritten(target);
}

function closeWhenWritten({ direct, plain, writing }: Target): void {
  if (writing > 0) return;
  closeSync(plain);
  if (direct !== plain) closeSync(direct);
}
