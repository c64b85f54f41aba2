import { createHash, type Hash } from 'node:crypto';
import { closeSync, constants, openSync, write } from 'node:fs';
import { answerQuestions } from '../../platform/threads/answer-questions.js';
import { BLOCK } from './blocks.js';
import type { Digest, Run, WriterTask } from './file-writer.js';

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

answerQuestions((task: WriterTask): Promise<Digest> | undefined => {
  if (!('abandoned' in task)) return take(task);
  close(task.abandoned);
  return undefined;
});

async function take({ file, path, bytes, last }: Run): Promise<Digest> {
  const target = path === undefined ? targets.get(file) : open(file, path);
  if (!target) throw new Error('The file is not being written');
  const written = put(target, bytes);
  // While the disk is busy.
  target.hash.update(bytes);
  if (last) close(file);
  await written;
  return last ? target.hash.digest('hex') : undefined;
}

function open(file: number, path: string): Target {
  const plain = openSync(path, constants.O_WRONLY);
  const hash = createHash('sha256');
  const target: Target = { direct: openDirect(path) ?? plain, plain, hash, size: 0, writing: 0, closing: false };
  targets.set(file, target);
  return target;
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

async function put(target: Target, bytes: Uint8Array): Promise<void> {
  const position = target.size;
  target.size += bytes.length;
  target.writing += 1;
  try {
    // A block that is not full has an end that the disk would not take by itself.
    await writeAll(target, bytes.length === BLOCK, bytes, position);
  } finally {
    target.writing -= 1;
    if (target.closing) closeWhenWritten(target);
  }
}

function writeAll(target: Target, directly: boolean, bytes: Uint8Array, position: number): Promise<void> {
  return new Promise((resolve, reject) => {
    write(directly ? target.direct : target.plain, bytes, 0, bytes.length, position, (error, written) => {
      if (error?.code === 'EINVAL' && directly) resolve(writeAll(target, false, bytes, position));
      else if (error) reject(error);
      else if (written === bytes.length) resolve();
      else resolve(writeAll(target, false, bytes.subarray(written), position + written));
    });
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
