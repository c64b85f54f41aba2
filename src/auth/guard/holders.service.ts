import { Injectable, type OnModuleInit } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { Pool, QueryConfig } from 'pg';
import type { DataSource } from 'typeorm';
import { poolOf } from '../../platform/database/pool.js';
import { EventsService } from '../../platform/events/events.service.js';
import { ACCESS_CHANGED } from './access.events.js';
import type { Holder } from './identity.queries.js';

/** Milliseconds for which an answer of the database is believed at most, should an event be lost on its way. */
const BELIEVED = 5_000;

/** Answers that are remembered. */
const REMEMBERED = 10_000;

interface Memory {
  readonly holder: Holder;
  readonly continuity: number;
  readonly until: number;
}

/**
 * Who holds a session or a key, asked of the database and remembered for a few seconds. A change is told to every process
 * before whoever made it is answered; a process that cannot hear of changes remembers nothing.
 */
@Injectable()
export class HoldersService implements OnModuleInit {
  private readonly pool: Pool;
  private readonly memories = new Map<string, Memory>();
  private changes = 0;

  constructor(
    @InjectDataSource() source: DataSource,
    private readonly events: EventsService,
  ) {
    this.pool = poolOf(source);
  }

  onModuleInit(): void {
    this.events.on(ACCESS_CHANGED, ({ id }) => {
      this.forget(id);
    });
  }

  /** @param name of the session or key among what is remembered */
  async find(name: string, query: QueryConfig): Promise<Holder | null> {
    const { continuity } = this.events;
    const memory = this.memories.get(name);
    if (memory?.continuity === continuity && memory.until > performance.now()) return memory.holder;
    const { changes } = this;
    const { rows } = await this.pool.query<Holder>(query);
    const holder = rows[0] ?? null;
    // What was read before a change may be older than it.
    if (holder && continuity !== null && changes === this.changes) this.remember(name, holder, continuity);
    return holder;
  }

  /** To be called after the commit of whatever takes access away; every process has been told when it resolves. */
  async changed(userId: string): Promise<void> {
    this.forget(userId);
    await this.events.announce({ type: ACCESS_CHANGED, id: userId });
  }

  private remember(name: string, holder: Holder, continuity: number): void {
    this.memories.delete(name);
    this.memories.set(name, { holder, continuity, until: performance.now() + BELIEVED });
    if (this.memories.size <= REMEMBERED) return;
    const [oldest] = this.memories.keys();
    if (oldest !== undefined) this.memories.delete(oldest);
  }

  private forget(userId: string): void {
    this.changes += 1;
    for (const [name, { holder }] of this.memories) if (holder.user_id === userId) this.memories.delete(name);
  }
}
