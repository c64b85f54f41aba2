import type { EntityManager } from 'typeorm';
import type { RowCounts } from '../platform/queue/queue-state.js';

/** Attempts at one mail; with the delays between them it is given up after about three hours. */
export const MAX_ATTEMPTS = 8;

export interface WaitingMail {
  readonly id: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

export async function insertMail(db: EntityManager, { id, to, subject, text }: WaitingMail): Promise<void> {
  await db.query('INSERT INTO mails (id, recipient, subject, body) VALUES ($1, $2, $3, $4)', [id, to, subject, text]);
}

export interface ClaimedMail extends WaitingMail {
  readonly attempt: number;
  readonly created_at: Date;
}

/**
 * Takes a mail to send it; null when it is not due, taken, sent or given up.
 * @param lease seconds after which another worker may take it
 */
export async function claimMail(db: EntityManager, id: string, lease: number): Promise<ClaimedMail | null> {
  const [rows] = await db.query<[ClaimedMail[], number]>(
    `UPDATE mails
        SET status = 'sending', attempts = attempts + 1, lease_until = now() + make_interval(secs => $2)
      WHERE id = $1 AND attempts < $3
        AND ((status = 'queued' AND next_attempt_at <= now()) OR (status = 'sending' AND lease_until < now()))
  RETURNING id, attempts AS attempt, recipient AS to, subject, body AS text, created_at`,
    [id, lease, MAX_ATTEMPTS],
  );
  return rows[0] ?? null;
}

type Attempt = Pick<ClaimedMail, 'id' | 'attempt'>;

/** False when another worker has taken the mail in the meantime. */
export async function markSent(db: EntityManager, { id, attempt }: Attempt): Promise<boolean> {
  const [, count] = await db.query<[unknown[], number]>(
    `UPDATE mails SET status = 'sent', body = NULL, lease_until = NULL, error = NULL, ended_at = now()
      WHERE id = $1 AND attempts = $2 AND status = 'sending'`,
    [id, attempt],
  );
  return count > 0;
}

/** @param seconds until it is tried again */
export async function putOff(db: EntityManager, mail: Attempt, seconds: number, error: string): Promise<void> {
  await db.query(
    `UPDATE mails SET status = 'queued', lease_until = NULL, next_attempt_at = now() + make_interval(secs => $3), error = $4
      WHERE id = $1 AND attempts = $2 AND status = 'sending'`,
    [mail.id, mail.attempt, seconds, error],
  );
}

/**
 * Puts a mail off without counting the attempt: what kept it has nothing to do with the mail.
 * @param seconds until it is tried again
 */
export async function putBack(db: EntityManager, mail: Attempt, seconds: number, error: string): Promise<void> {
  await db.query(
    `UPDATE mails
        SET status = 'queued', lease_until = NULL, attempts = attempts - 1,
            next_attempt_at = now() + make_interval(secs => $3), error = $4
      WHERE id = $1 AND attempts = $2 AND status = 'sending'`,
    [mail.id, mail.attempt, seconds, error],
  );
}

export async function giveUp(db: EntityManager, { id, attempt }: Attempt, error: string): Promise<void> {
  await db.query(
    `UPDATE mails SET status = 'failed', body = NULL, lease_until = NULL, error = $3, ended_at = now()
      WHERE id = $1 AND attempts = $2 AND status = 'sending'`,
    [id, attempt, error],
  );
}

/** Mails that somebody should send: due for some seconds, or left by a worker that died. */
export function unattendedMails(
  db: EntityManager,
  seconds: number,
  limit: number,
): Promise<{ id: string; attempts: number }[]> {
  return db.query(
    `(SELECT id, attempts FROM mails
       WHERE status = 'queued' AND next_attempt_at < now() - make_interval(secs => $1) ORDER BY next_attempt_at LIMIT $2)
      UNION ALL
     (SELECT id, attempts FROM mails WHERE status = 'sending' AND lease_until < now() AND attempts < $3 LIMIT $2)`,
    [seconds, limit, MAX_ATTEMPTS],
  );
}

/** Gives up what has cost a worker at its last attempt too. */
export async function giveUpLost(db: EntityManager): Promise<void> {
  await db.query(
    `UPDATE mails
        SET status = 'failed', body = NULL, lease_until = NULL, error = 'The worker was lost', ended_at = now()
      WHERE status = 'sending' AND lease_until < now() AND attempts >= $1`,
    [MAX_ATTEMPTS],
  );
}

export async function removeEndedMails(db: EntityManager, days: number): Promise<void> {
  await db.query('DELETE FROM mails WHERE ended_at < now() - make_interval(days => $1)', [days]);
}

/** Mails that wait, among them those that will be tried again, that are being sent, and that were given up. */
export async function countOpenMails(db: EntityManager): Promise<RowCounts> {
  const [row] = await db.query<[RowCounts]>(
    `SELECT (SELECT count(*) FROM mails WHERE status = 'queued')::int AS waiting,
            (SELECT count(*) FROM mails WHERE status = 'sending')::int AS in_progress,
            (SELECT count(*) FROM mails WHERE status = 'failed')::int AS failed,
            (SELECT min(created_at) FROM mails WHERE status = 'queued') AS oldest_waiting_at`,
  );
  return row;
}
