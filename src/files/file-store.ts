import type { Readable } from 'node:stream';

/** Bytes of a file, counted from 0; both ends are part of the range. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** A file that is being read. */
export interface OpenedFile {
  readonly stream: Readable;
  /** Bytes of the whole file. */
  readonly size: number;
}

/**
 * Where bytes are kept, by key, and nothing is known of whose they are. Every implementation passes the one contract suite.
 * Keys are relative paths of safe names, made by `storageKeyOf`.
 */
export abstract class FileStore {
  /** Takes a finished temporary file over; it is durable under its key before this resolves. Again is fine. */
  abstract put(temporaryPath: string, key: string): Promise<void>;

  /**
   * Opens a file, or a range of it, for reading.
   * @throws FileMissing
   * @throws RangeError when the range does not lie within the file
   */
  abstract open(key: string, range?: ByteRange): Promise<OpenedFile>;

  /** Lends the file as a local path for the time of the work. @throws FileMissing */
  abstract withLocalFile<T>(key: string, work: (path: string) => Promise<T>): Promise<T>;

  /** Removes a file; one that is not there is fine. */
  abstract remove(key: string): Promise<void>;
}

export class FileMissing extends Error {
  constructor(key: string) {
    super(`There is no file ${key}.`);
    this.name = 'FileMissing';
  }
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

/**
 * Makes the key of a file from the id of what it belongs to and from names of ours, so that no caller's text ever becomes a
 * path. Subjects lie in a few thousand shards, so that no folder grows without bound.
 */
export function storageKeyOf(subjectId: string, ...names: readonly string[]): string {
  if (!UUID.test(subjectId) || names.length === 0 || names.some((name) => !NAME.test(name))) {
    throw new Error('Not a storage key.');
  }
  return [subjectId.slice(-3), subjectId, ...names].join('/');
}
