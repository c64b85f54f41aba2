import { Injectable, Logger } from '@nestjs/common';
import { InjectEntityManager } from '@nestjs/typeorm';
import type { EntityManager } from 'typeorm';
import { v7 as uuid } from 'uuid';
import { defineError, validationFailed } from '../../errors.js';

/** Time after which a request whose process died no longer holds its key. */
const LOCK_SECONDS = 30;
const MAX_AGE_HOURS = 24;
const ACCEPTED = /^[\x21-\x7e]{1,255}$/;

export const idempotencyKeyReused = defineError(
  'idempotency_key_reused',
  422,
  'The Idempotency-Key was used for a different request.',
);

export const idempotencyKeyInUse = defineError(
  'idempotency_key_in_use',
  409,
  'A request with this Idempotency-Key is under way.',
  () => ({ message: 'A request with this Idempotency-Key is under way.', retryAfter: 1 }),
);

export interface IdempotentScope {
  readonly ownerId: string | null;
  readonly route: string;
  /** For callers without an account: what keeps their keys apart instead of one. */
  readonly party?: string;
  /** The header's value; without one every request stands for itself. */
  readonly key: string | undefined;
}

/** Gives a request under a key its stored response, or stores its response in its transaction. */
export interface Ticket<Answer> {
  /** False when the key has its answer already. */
  readonly fresh: boolean;
  replay(fingerprint: string): Answer | null;
  settle(db: EntityManager, fingerprint: string, answer: Answer): Promise<void>;
}

/** A key that a request holds: its token tells it from a request that has taken the key over. */
interface Held {
  readonly scope: IdempotentScope;
  readonly token: string;
}

/** One key, by the index that makes it single; `IS NOT DISTINCT FROM` would have every key of the day looked at. */
const KEY = `key = $1 AND route = $2 AND (owner_id = $3 OR ($3::uuid IS NULL AND owner_id IS NULL))`;

const valuesOf = ({ key, route, ownerId }: IdempotentScope) => [key, route, ownerId];

interface Settled {
  readonly fingerprint: string;
  readonly answer: unknown;
}

@Injectable()
export class IdempotencyService {
  private readonly logger = new Logger(IdempotencyService.name);

  constructor(@InjectEntityManager() private readonly db: EntityManager) {}

  /** Does the work at most once a key; a failure frees the key. */
  async once<Answer, T>(scope: IdempotentScope, work: (ticket: Ticket<Answer>) => Promise<T>): Promise<T> {
    if (scope.key === undefined) return work({ fresh: true, replay: () => null, settle: () => Promise.resolve() });
    if (!ACCEPTED.test(scope.key)) {
      throw validationFailed([{ field: 'Idempotency-Key', message: 'must be 1 to 255 visible ASCII characters' }]);
    }
    const held = { scope: ownerOrParty(scope), token: uuid() };
    const settled = await this.reserve(held);
    if (settled) return work(replayOf<Answer>(settled));
    const renewal = setInterval(() => void this.renew(held), (LOCK_SECONDS / 3) * 1000);
    try {
      return await work(this.ticketOf<Answer>(held));
    } catch (error) {
      await this.release(held);
      throw error;
    } finally {
      clearInterval(renewal);
    }
  }

  /** Removes the keys that are older than a day. */
  async cleanUp(): Promise<void> {
    await this.db.query(`DELETE FROM idempotency_keys WHERE created_at < now() - make_interval(hours => $1)`, [
      MAX_AGE_HOURS,
    ]);
  }

  private async reserve({ scope, token }: Held): Promise<Settled | null> {
    const reserved = await this.db.query<unknown[]>(
      `INSERT INTO idempotency_keys AS mine (key, route, owner_id, token, locked_until)
       VALUES ($1, $2, $3, $4, now() + make_interval(secs => $5))
       ON CONFLICT (owner_id, key, route) DO UPDATE
          SET token = excluded.token, locked_until = excluded.locked_until, fingerprint = NULL, answer = NULL, created_at = now()
        WHERE mine.locked_until < now() OR mine.created_at < now() - make_interval(hours => $6)
       RETURNING token`,
      [...valuesOf(scope), token, LOCK_SECONDS, MAX_AGE_HOURS],
    );
    if (reserved.length > 0) return null;
    const [settled] = await this.db.query<[Settled?]>(
      `SELECT fingerprint, answer FROM idempotency_keys WHERE ${KEY} AND answer IS NOT NULL`,
      valuesOf(scope),
    );
    if (!settled) throw idempotencyKeyInUse();
    return settled;
  }

  private ticketOf<Answer>({ scope, token }: Held): Ticket<Answer> {
    return {
      fresh: true,
      replay: () => null,
      settle: async (db, fingerprint, answer) => {
        const [, count] = await db.query<[unknown[], number]>(
          `UPDATE idempotency_keys SET locked_until = NULL, fingerprint = $5, answer = $6 WHERE ${KEY} AND token = $4`,
          [...valuesOf(scope), token, fingerprint, JSON.stringify(answer)],
        );
        if (count === 0) throw idempotencyKeyInUse();
      },
    };
  }

  private async renew({ scope, token }: Held): Promise<void> {
    await this.db
      .query(
        `UPDATE idempotency_keys SET locked_until = now() + make_interval(secs => $5)
          WHERE ${KEY} AND token = $4 AND answer IS NULL`,
        [...valuesOf(scope), token, LOCK_SECONDS],
      )
      .catch((error: unknown) => {
        this.logger.warn(`Renewing an idempotency key failed; retrying in ${LOCK_SECONDS / 3} s: ${String(error)}`);
      });
  }

  private async release({ scope, token }: Held): Promise<void> {
    await this.db
      .query(`DELETE FROM idempotency_keys WHERE ${KEY} AND token = $4 AND answer IS NULL`, [...valuesOf(scope), token])
      .catch((error: unknown) => {
        this.logger.warn(`Releasing an idempotency key failed; it expires in ${LOCK_SECONDS} s: ${String(error)}`);
      });
  }
}

/** A party takes its place beside the route, as an owner has a column of its own. */
const ownerOrParty = ({ route, party, ...scope }: IdempotentScope): IdempotentScope => ({
  ...scope,
  route: party === undefined ? route : `${route} ${party}`,
});

const replayOf = <Answer>({ fingerprint: first, answer }: Settled): Ticket<Answer> => ({
  fresh: false,
  replay: (fingerprint) => {
    if (fingerprint !== first) throw idempotencyKeyReused();
    return answer as Answer;
  },
  settle: () => Promise.reject(idempotencyKeyInUse()),
});
