import { Injectable, type OnModuleInit } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { LRUCache } from 'lru-cache';
import type { Pool, QueryConfig } from 'pg';
import type { DataSource } from 'typeorm';
import { poolOf } from '../../platform/database/pool.js';
import { EventsService } from '../../platform/events/events.service.js';
import { ACCESS_CHANGED } from './access.events.js';
import type { Credential } from './credential.queries.js';

/** Time for which a look-up is reused at most, should an event be lost on its way. */
const TTL_MS = 5_000;

const MAX_ENTRIES = 10_000;

interface Entry {
  readonly credential: Credential;
  /** Of the subscription to events when the entry was read; after a gap in it a change may have been missed. */
  readonly continuity: number;
}

/**
 * Caches look-ups of sessions and keys for a few seconds. An invalidation is acknowledged by every process before the
 * request that caused it is answered; a process that receives no events caches nothing.
 */
@Injectable()
export class CredentialCache implements OnModuleInit {
  private readonly pool: Pool;
  private readonly entries = new LRUCache<string, Entry>({ max: MAX_ENTRIES, ttl: TTL_MS });
  private invalidations = 0;

  constructor(
    @InjectDataSource() source: DataSource,
    private readonly events: EventsService,
  ) {
    this.pool = poolOf(source);
  }

  onModuleInit(): void {
    this.events.on(ACCESS_CHANGED, ({ id }) => {
      this.removeEntriesOf(id);
    });
  }

  /**
   * Returns the credential that the query finds, or null.
   * @param key of the session or API key in the cache
   */
  async find(key: string, query: QueryConfig): Promise<Credential | null> {
    const { continuity } = this.events;
    const entry = this.entries.get(key);
    if (entry?.continuity === continuity) return entry.credential;
    const { invalidations } = this;
    const { rows } = await this.pool.query<Credential>(query);
    const credential = rows[0] ?? null;
    // What was read before a change may be older than it.
    if (credential && continuity !== null && invalidations === this.invalidations) {
      this.entries.set(key, { credential, continuity });
    }
    return credential;
  }

  /** Removes what is cached of a user, in every process before it resolves. To be called after the commit of the change. */
  async invalidate(userId: string): Promise<void> {
    this.removeEntriesOf(userId);
    await this.events.announce({ type: ACCESS_CHANGED, id: userId });
  }

  private removeEntriesOf(userId: string): void {
    this.invalidations += 1;
    const outdated = [...this.entries.entries()].filter(([, { credential }]) => credential.user_id === userId);
    for (const [key] of outdated) this.entries.delete(key);
  }
}
