import { Injectable } from '@nestjs/common';
import { OutboundService } from '../../platform/outbound/outbound.service.js';
import type { Wait } from '../../platform/outbound/scheduling/host.js';
import { UNLIMITED } from '../../platform/outbound/scheduling/politeness-policy.js';
import { idempotencyKeyOf, type Row } from '../engine/row.js';
import { ExternalClient } from '../external/external.client.js';
import type { Executor, Found } from './executor.js';

/** Milliseconds between two checks whether an external AI is configured. */
const UNCONFIGURED_WAIT_MS = 10_000;

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
    if (!this.client.configured) return { reason: 'circuit_open', milliseconds: UNCONFIGURED_WAIT_MS };
    return this.outbound.waitBefore(this.client.host, UNLIMITED, chunk.work.ownerId);
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
