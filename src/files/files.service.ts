import { Injectable, Logger } from '@nestjs/common';
import { InjectEntityManager } from '@nestjs/typeorm';
import type { EntityManager } from 'typeorm';
import { v7 as uuid } from 'uuid';
import { type ByteRange, FileStore, type OpenedFile, storageKeyOf } from './file-store.js';
import * as queries from './files.queries.js';
import type { FileRow, PendingFile, Stored, Subject } from './files.queries.js';

/** A finished temporary file that is to be kept. */
export interface NewFile {
  /** Where its bytes are now. */
  readonly path: string;
  readonly ownerId: string | null;
  readonly subject: Subject;
  /** Under which it is found again among the files of its subject. */
  readonly name: string;
  /** Within the folder of the subject, where two may come to hold a file of one name, as attempts do. */
  readonly folder?: string;
  readonly mediaType: string;
  readonly sizeBytes: number;
  readonly sha256?: string;
  readonly expiresAt?: Date;
}

/**
 * Files and their rows. A row is written before the bytes (`pending`) and becomes `stored` in the transaction that refers
 * to it, so that a crash at any moment leaves nothing that no row names; what is not stored is removed by the cleaner.
 */
@Injectable()
export class FilesService {
  private readonly logger = new Logger(FilesService.name);

  constructor(
    @InjectEntityManager() private readonly db: EntityManager,
    private readonly store: FileStore,
  ) {}

  /** Takes files over; durable when this resolves, kept when `keep` is called for them, and nothing is left of a failure. */
  async put(files: readonly NewFile[]): Promise<FileRow[]> {
    const rows = files.map(pendingFileOf);
    if (rows.length === 0) return rows;
    await queries.insertPending(this.db, rows);
    try {
      await allSettled(rows.map(({ storage_key }, index) => this.store.put(files[index]?.path ?? '', storage_key)));
    } catch (error) {
      await this.discard(rows);
      throw error;
    }
    return rows;
  }

  /**
   * Keeps files in the transaction that refers to them.
   * @throws Error when one of them is no longer there to be kept
   */
  async keep(db: EntityManager, files: readonly Pick<FileRow, 'id'>[]): Promise<void> {
    if (files.length === 0) return;
    const kept = await queries.markStored(
      db,
      files.map(({ id }) => id),
    );
    if (kept !== files.length) throw new Error(`${files.length - kept} of ${files.length} files are no longer there.`);
  }

  /** Removes files that were put and not kept; what was kept stays, also when the answer to its commit was lost. */
  async discard(files: readonly Pick<FileRow, 'id'>[]): Promise<void> {
    if (files.length === 0) return;
    await this.purge(() =>
      queries.takePending(
        this.db,
        files.map(({ id }) => id),
      ),
    );
  }

  find(subject: Subject, name: string): Promise<FileRow | null> {
    return queries.findFile(this.db, subject, name);
  }

  /** @throws FileMissing, RangeError */
  open({ storage_key }: Stored, range?: ByteRange): Promise<OpenedFile> {
    return this.store.open(storage_key, range);
  }

  /** Lends a file as a local path for the time of the work. @throws FileMissing */
  withLocalFile<T>({ storage_key }: Stored, work: (path: string) => Promise<T>): Promise<T> {
    return this.store.withLocalFile(storage_key, work);
  }

  /** Removes the stored files of a subject, or the one of that name. */
  async remove(subject: Subject, name?: string): Promise<void> {
    await queries.markRemoved(this.db, subject, name);
    await this.removeLeftoversOf(subject);
  }

  /**
   * Removes what is left of a subject's files that are not stored: of a removed row, or of attempts that have ended.
   * @param folders to which it keeps when only what lies in them is known to be left over
   */
  async removeLeftoversOf(subject: Subject, folders?: readonly string[]): Promise<void> {
    await this.purge(() => queries.takeLeftoversOf(this.db, subject, folders));
  }

  /**
   * Removes the bytes of files that a statement has taken, then their rows: a row that outlives its bytes is taken again,
   * bytes that outlived their row would never be. Returns how many are gone.
   */
  async removeTaken(taken: readonly queries.TakenFile[]): Promise<number> {
    const gone: string[] = [];
    for (const { id, storage_key } of taken) {
      const failure = await this.store.remove(storage_key).catch((error: unknown) => ({ error }));
      if (failure)
        this.logger.warn(`The file ${storage_key} was not removed and is tried again: ${String(failure.error)}`);
      else gone.push(id);
    }
    if (gone.length > 0) await queries.deleteRemoved(this.db, gone);
    return gone.length;
  }

  /** What fails here is done by the cleaner. */
  private async purge(take: () => Promise<queries.TakenFile[]>): Promise<void> {
    try {
      await this.removeTaken(await take());
    } catch (error) {
      this.logger.warn(`Files were not removed; the cleaner will: ${String(error)}`);
    }
  }
}

/** Waits for all before it rejects, so that nothing is still being written when what was written is removed. */
async function allSettled(work: readonly Promise<void>[]): Promise<void> {
  for (const outcome of await Promise.allSettled(work)) if (outcome.status === 'rejected') throw outcome.reason;
}

const pendingFileOf = (file: NewFile): PendingFile => ({
  id: uuid(),
  owner_id: file.ownerId,
  subject_kind: file.subject.kind,
  subject_id: file.subject.id,
  name: file.name,
  media_type: file.mediaType,
  size_bytes: file.sizeBytes,
  sha256: file.sha256 ?? null,
  storage_key: storageKeyOf(file.subject.id, ...(file.folder === undefined ? [] : [file.folder]), file.name),
  expires_at: file.expiresAt?.toISOString() ?? null,
});
