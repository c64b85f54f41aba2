import { Inject, Injectable } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { Environment } from '../../config/environment.js';
import { dependencyUnavailable } from '../../errors.js';
import type { Caller } from '../../http/principal.js';
import { REDIS } from '../../redis/redis.module.js';
import { OutboundHost, type OutboundStatusResponse } from './outbound-status.dto.js';
import { readFigures, worstStates } from './statistics-ledger.js';

/** Reports how the hosts behave that Facet sends requests to, summed over all workers. */
@Injectable()
export class OutboundStatusService {
  constructor(
    @Inject(REDIS) private readonly redis: Redis,
    private readonly environment: Environment,
  ) {}

  /**
   * Counted by owner, so that users do not learn which hosts others use, nor how much: a user gets the figures of their own rows
   * caused, an administrator everything. The state of a circuit belongs to the host and is the same for all.
   */
  async of({ ownerId, role }: Caller): Promise<OutboundStatusResponse> {
    const owner = role === 'admin' ? null : { id: ownerId };
    const [all, states] = await Promise.all([readFigures(this.redis, owner), worstStates(this.redis)]).catch(() => {
      throw dependencyUnavailable();
    });
    const { OUTBOUND_RETRY_STRATEGY } = this.environment;
    const items = all
      .map((host) => OutboundHost.from(host, states.get(host.host) ?? 'closed', OUTBOUND_RETRY_STRATEGY))
      .sort((a, b) => b.requests - a.requests || a.host.localeCompare(b.host));
    return { items };
  }
}
