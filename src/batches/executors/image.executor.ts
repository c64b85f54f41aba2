import { Injectable, type OnModuleInit } from '@nestjs/common';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import type { AnalysisOptions } from '../../analysis/analyzer.js';
import { LocalImageService } from '../../analysis/local-image.service.js';
import { Environment } from '../../platform/config/environment.js';
import { OutboundService } from '../../platform/outbound/outbound.service.js';
import { diskFailureOf } from '../../platform/disk/disk-failure.js';
import { StorageGate } from '../../files/storage-gate.service.js';
import { TemporaryFiles } from '../../files/temporary-files.service.js';
import type { Wait } from '../../platform/outbound/scheduling/host.js';
import type { PolitenessPolicy } from '../../platform/outbound/scheduling/politeness-policy.js';
import { ResultCacheService } from '../cache/result-cache.service.js';
import type { Row } from '../engine/row.js';
import { AnalysisFailed } from './analysis-failed.js';
import type { Executor, Found } from './executor.js';
import { NoRoom } from './no-room.js';

/** Rows are answered here: the picture is fetched into a file, and the image features look at it. */
@Injectable()
export class ImageExecutor implements Executor, OnModuleInit {
  private readonly politeness: PolitenessPolicy;

  constructor(
    private readonly environment: Environment,
    private readonly cache: ResultCacheService,
    private readonly gate: StorageGate,
    private readonly images: LocalImageService,
    private readonly outbound: OutboundService,
    private readonly temporary: TemporaryFiles,
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

  /** @throws NoRoom while the disk is full, without asking the host */
  async run(row: Row): Promise<Found> {
    if (this.gate.waitMs > 0) throw new NoRoom(this.gate.waitMs);
    try {
      return await this.fetchAndLook(row);
    } catch (error) {
      const failure = diskFailureOf(error);
      if (failure && (await this.gate.closeAfter(failure))) throw new NoRoom(this.gate.waitMs);
      throw error;
    }
  }

  private async fetchAndLook(row: Row): Promise<Found> {
    const file = this.temporary.reserve('image');
    const { signal, work } = row.chunk;
    const request = { url: row.url, ownerId: work.ownerId, politeness: this.politeness, signal };
    const download = this.outbound.download(request, file.path);
    try {
      await download;
      const found = await this.look(row, file.path);
      this.gate.open();
      return found;
    } finally {
      await file.remove();
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
