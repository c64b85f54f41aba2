import { Injectable } from '@nestjs/common';
import type { Wait } from '../../platform/outbound/host.js';
import { OutboundService } from '../../platform/outbound/outbound.service.js';
import { idempotencyKeyOf, type Row } from '../engine/row.js';
import { ExternalClient } from '../external/external.client.js';
import type { Executor, Found } from './executor.js';

/** Milliseconds between two looks whether there is an AI. */
const WITHOUT_AI = 10_000;

/** Rows are answered by the AI behind `API_ENDPOINT_URL`. */
@Injectable()
export class ExternalExecutor implements Executor {
  constructor(
    private readonly client: ExternalClient,
    private readonly outbound: OutboundService,
  ) {}

  hostOf(): string {
    return this.client.host;
  }

  waitBefore({ chunk }: Row): Wait | null {
    // The operator has taken the setting away while rows were left: they wait for it as for an AI that is down.
    if (!this.client.configured) return { reason: 'circuit_open', milliseconds: WITHOUT_AI };
    return this.outbound.waitBefore(this.client.host, 'ai', chunk.work.ownerId);
  }

  run(row: Row): Promise<Found> {
    const { chunk, rowNumber, url } = row;
    const answer = this.client.ask({
      imageUrl: url,
      options: chunk.work.options,
      rowNumber,
      idempotencyKey: idempotencyKeyOf(row),
      ownerId: chunk.work.ownerId,
      signal: chunk.signal,
    });
    return answer.then(found);
  }
}

const found = (result: string): Found => ({ result, cached: false, keys: [] });
