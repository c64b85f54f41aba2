import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { Pool } from 'pg';
import type { DataSource } from 'typeorm';
import { poolOf } from '../../platform/database/pool.js';
import { EventsService } from '../../platform/events/events.service.js';
import { BATCH_EVENTS } from '../batches.events.js';
import { ResultCacheService } from '../cache/result-cache.service.js';
import { claimChunks, type ClaimedChunk, type Load, markStarted, type OpenRows, openRows } from './lease.queries.js';
import { OpenChunk, type Row, type Work } from './row.js';

/** Chunks that are taken at once at most. */
const TOGETHER = 16;

/** A chunk that was claimed, its rows that have no end yet, and the results of those that are known already. */
export interface Taken {
  readonly chunk: OpenChunk;
  readonly rows: Row[];
  readonly known: ReadonlyMap<string, string>;
}

/** Takes chunks out of PostgreSQL and makes rows of them. */
@Injectable()
export class ChunkSource {
  private readonly pool: Pool;
  /** Rows of the chunks that were taken last, on average. */
  private usualRows = 100;

  constructor(
    @InjectDataSource() source: DataSource,
    private readonly cache: ResultCacheService,
    private readonly events: EventsService,
  ) {
    this.pool = poolOf(source);
  }

  /** @param rows that are wanted, about */
  async take(workerId: string, load: Load, rows: number): Promise<Taken[]> {
    const limit = Math.max(1, Math.min(TOGETHER, Math.floor(rows / this.usualRows)));
    const claimed = await claimChunks(this.pool, workerId, load, limit);
    if (claimed.length === 0) return [];
    this.usualRows = claimed.reduce((sum, { pending }) => sum + pending, 0) / claimed.length;
    const fresh = claimed.filter(({ status }) => status === 'queued').map(({ batch_id }) => batch_id);
    if (fresh.length > 0) await this.start([...new Set(fresh)], claimed);
    return this.open(claimed);
  }

  private async start(batchIds: readonly string[], claimed: readonly ClaimedChunk[]): Promise<void> {
    await markStarted(this.pool, batchIds);
    const uploadIds = claimed.filter(({ batch_id }) => batchIds.includes(batch_id)).map(({ upload_id }) => upload_id);
    for (const id of batchIds) this.events.publish({ type: BATCH_EVENTS.started, id });
    for (const id of new Set(uploadIds)) this.events.publish({ type: BATCH_EVENTS.progress, id });
  }

  private async open(claimed: readonly ClaimedChunk[]): Promise<Taken[]> {
    const works = new Map<string, Work>();
    const chunks = claimed.map((one) => new OpenChunk(one.batch_id, one.number, one.attempt, workOf(one, works)));
    const open = await openRows(this.pool, claimed);
    const rows = chunks.map((chunk, place) => this.rowsOf(chunk, open[place]));
    const known = await this.cache.find(rows.flat().flatMap(({ key }) => key ?? []));
    return chunks.map((chunk, place) => {
      const own = rows[place] ?? [];
      chunk.left = own.length;
      return { chunk, rows: own, known };
    });
  }

  private rowsOf(chunk: OpenChunk, { numbers, urls }: OpenRows = { numbers: [], urls: [] }): Row[] {
    return numbers.map((number, place) => this.rowOf(chunk, number, urls[place] ?? ''));
  }

  private rowOf(chunk: OpenChunk, rowNumber: number, url: string): Row {
    const key = this.cache.keyOf(chunk.work, url);
    return { chunk, rowNumber, url, host: hostOf(url), key, tries: 0, waitingSince: null };
  }
}

/** One object for all chunks of an upload that are taken together. */
function workOf({ upload_id, owner_id, analyzer, features, options }: ClaimedChunk, works: Map<string, Work>): Work {
  let work = works.get(upload_id);
  if (!work) {
    work = { uploadId: upload_id, ownerId: owner_id, analyzer, features, options };
    works.set(upload_id, work);
  }
  return work;
}

/** Of a normalised URL: `name` or `name:port`. */
const hostOf = (url: string): string => /^https?:\/\/([^/?#]+)/.exec(url)?.[1] ?? '';
