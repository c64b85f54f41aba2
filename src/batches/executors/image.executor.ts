import { Injectable, type OnModuleInit } from '@nestjs/common';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { v7 as uuid } from 'uuid';
import type { AnalysisOptions } from '../../analysis/analyzer.js';
import { LocalImageService } from '../../analysis/local-image.service.js';
import { Environment } from '../../platform/config/environment.js';
import { OutboundService } from '../../platform/outbound/outbound.service.js';
import type { Wait } from '../../platform/outbound/scheduling/host.js';
import type { PolitenessPolicy } from '../../platform/outbound/scheduling/politeness-policy.js';
import { ResultCacheService } from '../cache/result-cache.service.js';
import type { Row } from '../engine/row.js';
import { AnalysisFailed } from './analysis-failed.js';
import type { Executor, Found } from './executor.js';

/** Rows are answered here: the picture is fetched into a file, and the image features look at it. */
@Injectable()
export class ImageExecutor implements Executor, OnModuleInit {
  private readonly politeness: PolitenessPolicy;

  constructor(
    private readonly environment: Environment,
    private readonly cache: ResultCacheService,
    private readonly images: LocalImageService,
    private readonly outbound: OutboundService,
  ) {
    this.politeness = environment.hostPoliteness;
  }

  /** Beforehand: a row takes its slot at its host in the tick in which it may. */
  async onModuleInit(): Promise<void> {
    await mkdir(this.environment.temporaryDirectory, { recursive: true });
  }

  hostOf({ host }: Row): string {
    return host;
  }

  waitBefore({ host, chunk }: Row): Wait | null {
    return this.outbound.waitBefore(host, this.politeness, chunk.work.ownerId);
  }

  async run(row: Row): Promise<Found> {
    // Named so that the cleaning of left-over files knows it.
    const path = join(this.environment.temporaryDirectory, `image-${uuid()}.bin`);
    const { signal, work } = row.chunk;
    const request = { url: row.url, ownerId: work.ownerId, politeness: this.politeness, signal };
    const download = this.outbound.download(request, path);
    try {
      await download;
      return await this.look(row, path);
    } finally {
      await rm(path, { force: true });
    }
  }

  private async look({ chunk: { work, signal } }: Row, path: string): Promise<Found> {
    const key = this.cache.keyOf(work, `sha256:${await sha256Of(path)}`);
    const known = key === null ? null : await this.known(key);
    if (key !== null && known !== null) return { result: known, cached: true, keys: [key] };
    const options = work.options as AnalysisOptions;
    const answer = await this.images.analyze({ path, features: work.features, options, signal });
    if (answer.kind === 'not_an_image') throw new AnalysisFailed('not_an_image', 'What the URL holds is not an image.');
    if (answer.kind === 'failed') throw new AnalysisFailed('analysis_failed', `${answer.code}: ${answer.message}`);
    return { result: answer.results, cached: false, keys: key === null ? [] : [key] };
  }

  private async known(key: string): Promise<string | null> {
    return this.cache.recall(key) ?? (await this.cache.find([key])).get(key) ?? null;
  }
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
