import type { EntityManager } from 'typeorm';

/** What a file belongs to. */
export interface Subject {
  /** The kind of row, such as `analysis`. */
  readonly kind: string;
  readonly id: string;
}

/** Where the bytes of a file are. */
export interface Stored {
  readonly storage_key: string;
}

export interface FileRow extends Stored {
  readonly id: string;
  readonly name: string;
  readonly media_type: string;
  readonly size_bytes: number;
}

export interface PendingFile extends FileRow {
  readonly owner_id: string | null;
  readonly subject_kind: string;
  readonly subject_id: string;
  /** 64 hexadecimal digits; null where it was not computed. */
  readonly sha256: string | null;
  readonly expires_at: string | null;
}

/** A file that is to be removed: its bytes first, then its row. */
export type TakenFile = Pick<FileRow, 'id' | 'storage_key'>;

/**
 * Writes the rows of files whose bytes follow. Its commit does not wait for the disk: a row that a crash of PostgreSQL
 * takes back has at most cost the room of its bytes.
 */
export async function insertPending(db: EntityManager, files: readonly PendingFile[]): Promise<void> {
  await db.query(
    `WITH quick AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true))
     INSERT INTO files (id, owner_id, subject_kind, subject_id, name, media_type, size_bytes, sha256, storage_key, state, expires_at)
     SELECT f.id, owner_id, subject_kind, subject_id, name, media_type, size_bytes, sha256, storage_key, 'pending', expires_at
       FROM quick, jsonb_to_recordset($1::jsonb) AS f (id uuid, owner_id uuid, subject_kind text, subject_id uuid, name text,
            media_type text, size_bytes bigint, sha256 text, storage_key text, expires_at timestamptz)`,
    [JSON.stringify(files)],
  );
}

/** Returns how many of the files have become stored; one that the cleaner has taken has not. */
export async function markStored(db: EntityManager, ids: readonly string[]): Promise<number> {
  const [, count] = await db.query<[unknown[], number]>(
    `UPDATE files SET state = 'stored' WHERE id = ANY($1::uuid[]) AND state = 'pending'`,
    [ids],
  );
  return count;
}

/** Takes files that no transaction has referred to; returns those that are to be removed. */
export async function takePending(db: EntityManager, ids: readonly string[]): Promise<TakenFile[]> {
  const [rows] = await db.query<[TakenFile[], number]>(
    `UPDATE files SET state = 'removed' WHERE id = ANY($1::uuid[]) AND state = 'pending' RETURNING id, storage_key`,
    [ids],
  );
  return rows;
}

/**
 * Takes every file of a subject that is not stored; returns those that are to be removed.
 * @param folders of the subject in which they lie; all when left out
 */
export async function takeLeftoversOf(
  db: EntityManager,
  { kind, id }: Subject,
  folders?: readonly string[],
): Promise<TakenFile[]> {
  const [rows] = await db.query<[TakenFile[], number]>(
    `UPDATE files SET state = 'removed' WHERE subject_kind = $1 AND subject_id = $2 AND state <> 'stored'
        AND ($3::text[] IS NULL OR split_part(storage_key, '/', 3) = ANY($3))
  RETURNING id, storage_key`,
    [kind, id, folders ?? null],
  );
  return rows;
}

/** Takes stored files of a subject, or the one of that name, in the transaction that no longer refers to them. */
export async function markRemoved(db: EntityManager, { kind, id }: Subject, name?: string): Promise<void> {
  await db.query(
    `UPDATE files SET state = 'removed'
      WHERE subject_kind = $1 AND subject_id = $2 AND state = 'stored' AND ($3::text IS NULL OR name = $3)`,
    [kind, id, name ?? null],
  );
}

export async function markExpired(db: EntityManager): Promise<void> {
  await db.query(`UPDATE files SET state = 'removed' WHERE state = 'stored' AND expires_at < now()`);
}

/**
 * Takes some of the files whose removal was cut short, or which have waited too long for a transaction to refer to them.
 * @param pendingSeconds for which a file may wait
 */
export async function takeLeftovers(db: EntityManager, pendingSeconds: number, limit: number): Promise<TakenFile[]> {
  const [rows] = await db.query<[TakenFile[], number]>(
    `UPDATE files SET state = 'removed'
      WHERE id IN (SELECT id FROM files
                    WHERE state <> 'stored' AND (state = 'removed' OR created_at < now() - make_interval(secs => $1))
                    LIMIT $2 FOR UPDATE SKIP LOCKED)
  RETURNING id, storage_key`,
    [pendingSeconds, limit],
  );
  return rows;
}

/** Forgets files whose bytes are gone. */
export async function deleteRemoved(db: EntityManager, ids: readonly string[]): Promise<void> {
  await db.query(`DELETE FROM files WHERE id = ANY($1::uuid[]) AND state = 'removed'`, [ids]);
}

export async function findFile(db: EntityManager, { kind, id }: Subject, name: string): Promise<FileRow | null> {
  const [row] = await db.query<[FileRow?]>(
    `SELECT id, name, media_type, size_bytes::float8 AS size_bytes, storage_key FROM files
      WHERE subject_kind = $1 AND subject_id = $2 AND name = $3 AND state = 'stored'`,
    [kind, id, name],
  );
  return row ?? null;
}
