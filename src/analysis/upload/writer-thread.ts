import { createHash, type Hash } from 'node:crypto';
import { closeSync, constants, fdatasync, openSync, write } from 'node:fs';
import { serveRequests } from '../../platform/threads/serve-requests.js';
import type { Digest, Run, WriterTask } from './file-writer.js';

/** The main file of the thread that writes uploads. */

interface Target {
  readonly descriptor: number;
  readonly hash: Hash;
  size: number;
  /** Calls of the system under way with the descriptor. */
  uses: number;
  closing: boolean;
  /** Bytes since the disk was last asked to take them. */
  unsynced: number;
  syncing: Promise<void> | undefined;
  /** The system tells it once. */
  syncFailure: Error | undefined;
}

/**
 * Bytes of a file after which the disk is asked to take them. It works while the rest comes in; at the end of an upload
 * everybody would wait for it.
 */
const SYNCED_AT = 8_388_608;

const targets = new Map<number, Target>();

/** One file at a time: the threads that wait for the disk are few, and everything else with files needs them too. */
let syncs = Promise.resolve();

serveRequests((task: WriterTask): Promise<Digest> | undefined => {
  if (!('abandoned' in task)) return take(task);
  close(task.abandoned);
  return undefined;
});

async function take({ file, path, bytes, last }: Run): Promise<Digest> {
  const target = path === undefined ? targets.get(file) : open(file, path);
  if (!target) throw new Error('The file is not being written');
  const written = put(target, bytes);
  // Meanwhile.
  target.hash.update(bytes);
  if (last) close(file);
  await written;
  if (last) await target.syncing;
  if (target.syncFailure) throw target.syncFailure;
  return last ? target.hash.digest('hex') : undefined;
}

function open(file: number, path: string): Target {
  const target: Target = {
    descriptor: openSync(path, constants.O_WRONLY),
    hash: createHash('sha256'),
    size: 0,
    uses: 0,
    closing: false,
    unsynced: 0,
    syncing: undefined,
    syncFailure: undefined,
  };
  targets.set(file, target);
  return target;
}

async function put(target: Target, bytes: Uint8Array): Promise<void> {
  const position = target.size;
  target.size += bytes.length;
  target.unsynced += bytes.length;
  target.uses += 1;
  try {
    await writeAll(target, bytes, position);
  } finally {
    release(target);
  }
  if (target.unsynced < SYNCED_AT) return;
  target.unsynced = 0;
  syncs = syncs.then(() => synchronize(target));
}

function writeAll(target: Target, bytes: Uint8Array, position: number): Promise<void> {
  return new Promise((resolve, reject) => {
    write(target.descriptor, bytes, 0, bytes.length, position, (error, written) => {
      if (error) reject(error);
      else if (written === bytes.length) resolve();
      else resolve(writeAll(target, bytes.subarray(written), position + written));
    });
  });
}

function synchronize(target: Target): Promise<void> | undefined {
  // Whoever closed it makes it durable as a whole.
  if (target.closing) return undefined;
  target.uses += 1;
  return (target.syncing = new Promise((resolve) => {
    fdatasync(target.descriptor, (error) => {
      target.syncFailure ??= error ?? undefined;
      release(target);
      resolve();
    });
  }));
}

function release(target: Target): void {
  target.uses -= 1;
  closeWhenUnused(target);
}

function close(file: number): void {
  const target = targets.get(file);
  targets.delete(file);
  if (!target) return;
  target.closing = true;
  closeWhenUnused(target);
}

function closeWhenUnused({ descriptor, uses, closing }: Target): void {
  if (closing && uses === 0) closeSync(descriptor);
}
