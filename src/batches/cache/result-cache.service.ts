import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { Pool } from 'pg';
import type { DataSource } from 'typeorm';
import { Environment } from '../../platform/config/environment.js';
import { poolOf } from '../../platform/database/pool.js';
import type { Work } from '../engine/row.js';
import { cacheKey, scopeKey } from './cache-key.js';
import { findCached } from './cache.queries.js';
import { RecentResults } from './recent-results.js';

/** Answers that need not be asked for again: by URL, and for local analysis by the picture's bytes. */
@Injectable()
export class ResultCacheService {
  private readonly pool: Pool;
  private readonly recent: RecentResults;
  private readonly scopes = new WeakMap<Work, string>();

  constructor(
    private readonly environment: Environment,
    @InjectDataSource() source: DataSource,
  ) {
    this.pool = poolOf(source);
    this.recent = new RecentResults(environment.CACHE_TTL * 1000);
  }

  /** Null while the cache is off. */
  keyOf(work: Work, of: string): string | null {
    if (this.environment.CACHE_TTL === 0) return null;
    return cacheKey(this.scopeOf(work), of);
  }

  /** Results by key, of all workers, as JSON texts. */
  async find(keys: readonly string[]): Promise<Map<string, string>> {
    if (keys.length === 0) return new Map();
    return findCached(this.pool, keys, this.environment.CACHE_TTL);
  }

  /** What this process has just been told. */
  recall(key: string): string | null {
    return this.recent.get(key);
  }

  remember(keys: readonly string[], result: string): void {
    for (const key of keys) this.recent.add(key, result);
  }

  private scopeOf(work: Work): string {
    let scope = this.scopes.get(work);
    if (scope === undefined) {
      const endpoint = work.analyzer === 'external' ? (this.environment.API_ENDPOINT_URL ?? '') : '';
      scope = scopeKey({ ...work, endpoint });
      this.scopes.set(work, scope);
    }
    return scope;
  }
}
