import { Injectable } from '@nestjs/common';
import { constants, createReadStream } from 'node:fs';
import { access, copyFile, mkdir, open, rename, rm, rmdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Environment } from '../platform/config/environment.js';
import { type ByteRange, FileMissing, FileStore, type OpenedFile } from './file-store.js';
import { TemporaryFiles } from './temporary-files.service.js';

/** How often a move is tried whose folder another removal takes away at this moment. */
const MOVES = 5;

const codeOf = (error: unknown) => (error as NodeJS.ErrnoException).code;

/** Files on local disk, or on one that every process has mounted. */
@Injectable()
export class LocalFileStore extends FileStore {
  private readonly root: string;

  constructor(
    environment: Environment,
    private readonly temporary: TemporaryFiles,
  ) {
    super();
    this.root = environment.filesDirectory;
  }

  async put(temporaryPath: string, key: string): Promise<void> {
    const path = this.pathOf(key);
    await this.move(temporaryPath, path);
    // Together they cost one commit of the file system's journal, one after the other each its own. Until all are durable
    // the key is told to no one.
    await Promise.all([synchronize(path, 'r+'), ...this.foldersOf(path).map((folder) => synchronize(folder, 'r'))]);
  }

  async open(key: string, range?: ByteRange): Promise<OpenedFile> {
    const path = this.pathOf(key);
    const { size } = await stat(path).catch((error: unknown) => {
      throw codeOf(error) === 'ENOENT' ? new FileMissing(key) : error;
    });
    if (range && !(range.start >= 0 && range.start <= range.end && range.end < size)) {
      throw new RangeError(`The file has no bytes ${range.start} to ${range.end}.`);
    }
    return { stream: createReadStream(path, range), size };
  }

  async withLocalFile<T>(key: string, work: (path: string) => Promise<T>): Promise<T> {
    const path = this.pathOf(key);
    await access(path).catch((error: unknown) => {
      throw codeOf(error) === 'ENOENT' ? new FileMissing(key) : error;
    });
    return work(path);
  }

  /** Folders that stand for the subject of the file go with the last file in them. */
  async remove(key: string): Promise<void> {
    const path = this.pathOf(key);
    await rm(path, { force: true });
    const shard = dirname(this.pathOf(key.split('/').slice(0, 2).join('/')));
    for (let folder = dirname(path); folder.length > shard.length; folder = dirname(folder)) {
      const isGone = await rmdir(folder).then(
        () => true,
        (error: unknown) => codeOf(error) === 'ENOENT',
      );
      if (!isGone) return;
    }
  }

  private async move(from: string, to: string): Promise<void> {
    for (let left = MOVES - 1; ; left--) {
      await mkdir(dirname(to), { recursive: true });
      try {
        await this.renameOrCopy(from, to);
        return;
      } catch (error) {
        if (codeOf(error) !== 'ENOENT' || left === 0) throw error;
        // Done before, and the answer was lost; else the folder was removed as empty.
        if (!(await exists(from)) && (await exists(to))) return;
      }
    }
  }

  /** Where the files are a disk of their own, a copy that is whole and durable takes the place of the move. */
  private async renameOrCopy(from: string, to: string): Promise<void> {
    try {
      await rename(from, to);
    } catch (error) {
      if (codeOf(error) !== 'EXDEV') throw error;
      await this.temporary.during('copy', async (copy) => {
        await copyFile(from, copy, constants.COPYFILE_EXCL);
        await synchronize(copy, 'r+');
        await rename(copy, to);
      });
      await rm(from, { force: true });
    }
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

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/** A file is there after a power cut when its bytes are on the disk and so is its name, in every folder above it. */
async function synchronize(path: string, flags: 'r' | 'r+'): Promise<void> {
  const file = await open(path, flags);
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
