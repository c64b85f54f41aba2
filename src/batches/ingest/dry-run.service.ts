import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Environment } from '../../platform/config/environment.js';
import type { Caller } from '../../platform/http/principal.js';
import { scopeKey } from '../cache/cache-key.js';
import type { BatchOrder } from './batch-order.service.js';
import { countCached, recentRate } from './dry-run.queries.js';
import type { DryRunResponse } from './ingest.dto.js';
import type { ItemTable } from './item-copy.js';
import { type Summary, totalsOf } from './rows/summary.js';

/** Seconds that a request is taken to last while nothing is known of it. */
const USUAL = 1;

/** What an upload would do. */
@Injectable()
export class DryRunService {
  constructor(private readonly environment: Environment) {}

  /** @param table where the transaction has the rows. */
  async of(
    db: EntityManager,
    { ownerId }: Caller,
    order: BatchOrder,
    summary: Summary,
    table: ItemTable,
  ): Promise<DryRunResponse> {
    const { rows, invalid } = totalsOf(summary);
    const cached = await this.cached(db, ownerId, order, summary, table);
    const rate = (await recentRate(db, ownerId, order.analyzer)) ?? this.environment.BATCH_CONCURRENCY / USUAL;
    const asked = Math.max(0, rows - invalid - summary.blocked - Math.max(cached, this.repeated(summary)));
    return {
      total_urls: rows,
      valid_urls: rows - invalid,
      invalid_urls: invalid,
      duplicate_urls: summary.duplicates,
      blocked_urls: summary.blocked,
      cached_urls: cached,
      parts: summary.parts.length,
      estimated_seconds: Math.ceil((asked / rate) * 10) / 10,
      problems: [...summary.problems],
    };
  }

  /** A repeated URL is asked for once, as long as answers are kept. */
  private repeated({ duplicates }: Summary): number {
    return this.environment.CACHE_TTL > 0 ? duplicates : 0;
  }

  private async cached(
    db: EntityManager,
    ownerId: string,
    { analyzer, features, options }: BatchOrder,
    { parts }: Summary,
    table: ItemTable,
  ): Promise<number> {
    const { CACHE_TTL, API_ENDPOINT_URL = '' } = this.environment;
    if (CACHE_TTL === 0) return 0;
    const endpoint = analyzer === 'external' ? API_ENDPOINT_URL : '';
    const scope = scopeKey({ ownerId, analyzer, endpoint, features, options });
    return countCached(
      db,
      table,
      parts.map(({ id }) => id),
      scope,
      CACHE_TTL,
    );
  }
}
