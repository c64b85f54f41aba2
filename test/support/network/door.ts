import { BatchSettings } from '../../../src/platform/config/batch-settings.js';
import { OutboundFailure } from '../../../src/platform/outbound/outbound.failure.js';
import { OutboundService } from '../../../src/platform/outbound/outbound.service.js';
import type { PolitenessPolicy } from '../../../src/platform/outbound/scheduling/politeness-policy.js';
import { Statistics } from '../../../src/platform/outbound/statistics/statistics.js';

/** The politeness of default settings. */
export const POLITE: PolitenessPolicy = new BatchSettings().hostPoliteness;

/** The way to the network with these settings, the politeness of these settings, and what was counted. */
export function buildDoor(settings: Partial<BatchSettings> = {}): {
  readonly door: OutboundService;
  readonly polite: PolitenessPolicy;
  readonly statistics: Statistics;
} {
  const statistics = new Statistics();
  const all = Object.assign(new BatchSettings(), settings);
  const door = new OutboundService(all, all.BATCH_CONCURRENCY, statistics);
  return { door, polite: all.hostPoliteness, statistics };
}

/** Returns the failure that a request ended with. */
export async function failureOf(attempt: Promise<unknown>): Promise<OutboundFailure> {
  const outcome = await attempt.then(
    (answer) => ({ answer }),
    (error: unknown) => error,
  );
  if (outcome instanceof OutboundFailure) return outcome;
  throw outcome instanceof Error ? outcome : new Error(`It did not fail: ${JSON.stringify(outcome)}`);
}
