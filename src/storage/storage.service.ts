import { Injectable } from '@nestjs/common';
import { constants, createReadStream, type ReadStream } from 'node:fs';
import { access, mkdir, open, readdir, rename, rm, stat, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Environment } from '../platform/config/environment.js';

/** Folders of one item lie in a thousand shards, so that no folder grows without bound. */
export type Folder = string;

const FOLDER = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

/** Bytes that have to be free; below, uploads would soon fail. */
const MIN_FREE_BYTES = 256 * 1024 * 1024;

/** Files on local disk, addressed by keys `<shard>/<folder>/<name…>`; a folder is named by the id of what owns it. */
@Injectable()
export class StorageService {
  private readonly root: string;

  constructor(environment: Environment) {
    this.root = environment.filesDirectory;
  }

  /** Takes a finished temporary file of the same disk over; it is durable under its key before this resolves. */
  async put(temporaryPath: string, folder: Folder, ...names: string[]): Promise<string> {
    const key = keyOf(folder, ...names);
    const path = this.pathOf(key);
    await mkdir(dirname(path), { recursive: true });
    await rename(temporaryPath, path);
    // Together they cost one commit of the file system's journal, one after the other each its own. Until all are durable
    // the key is not returned.
    await Promise.all([synchronize(path, 'r+'), ...this.foldersOf(path).map((folder) => synchronize(folder, 'r'))]);
    return key;
  }

  /** A stream over the file; rejects when it is not there. */
  async open(key: string): Promise<{ stream: ReadStream; size: number }> {
    const path = this.pathOf(key);
    const { size } = await stat(path);
    return { stream: createReadStream(path), size };
  }

  /** Lends the file as a local path for the time of the work. */
  withLocalFile<T>(key: string, work: (path: string) => Promise<T>): Promise<T> {
    return work(this.pathOf(key));
  }

  /** Removes a folder, or what lies below a name in it; done already is fine. */
  async remove(folder: Folder, ...names: string[]): Promise<void> {
    await rm(this.pathOf(keyOf(folder, ...names)), { recursive: true, force: true });
  }

  /** Every folder that has not been touched for so many seconds; what others have put beside them is theirs. */
  async *foldersOlderThan(seconds: number): AsyncIterable<Folder> {
    const before = Date.now() - seconds * 1000;
    for (const shard of await list(this.root)) {
      const folders = (await list(join(this.root, shard))).filter((name) => FOLDER.test(name));
      for (const folder of folders) {
        const touched = await stat(join(this.root, shard, folder)).catch(() => null);
        if (touched && touched.mtimeMs < before) yield folder;
      }
    }
  }

  /** @throws when no file could be written. */
  async probe(): Promise<undefined> {
    await mkdir(this.root, { recursive: true });
    await access(this.root, constants.W_OK);
    const { bavail, bsize } = await statfs(this.root);
    if (bavail * bsize < MIN_FREE_BYTES) throw new Error('The disk is almost full');
  }

  /** The folders that lead to a path, the root among them. */
  private foldersOf(path: string): string[] {
    const folders: string[] = [];
    for (let folder = dirname(path); folder.length >= this.root.length; folder = dirname(folder)) folders.push(folder);
    return folders;
  }

  private pathOf(key: string): string {
    return join(this.root, key);
  }
}

/** Keys are made here alone, from ids and names of ours, so that no caller's text ever becomes a path. */
function keyOf(folder: Folder, ...names: string[]): string {
  if (!FOLDER.test(folder) || names.some((name) => !NAME.test(name))) throw new Error('Not a storage key.');
  return [folder.slice(-3), folder, ...names].join('/');
}

/** A file is there after a power cut when its bytes are on the disk and so is its name, in every folder above it. */
async function synchronize(path: string, flags: 'r' | 'r+'): Promise<void> {
  const file = await open(path, flags);
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

const list = (path: string): Promise<string[]> => readdir(path).catch(() => []);
