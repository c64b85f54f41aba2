import { BatchSettings } from '../../../src/platform/config/batch-settings.js';
import { OutboundFailure } from '../../../src/platform/outbound/outbound.failure.js';
import { OutboundService } from '../../../src/platform/outbound/outbound.service.js';
import { Statistics } from '../../../src/platform/outbound/statistics.js';

/** The door to the network with these settings, and what it has counted. */
export function buildDoor(settings: Partial<BatchSettings> = {}): {
  readonly door: OutboundService;
  readonly statistics: Statistics;
} {
  const statistics = new Statistics();
  const door = new OutboundService(Object.assign(new BatchSettings(), settings), statistics);
  return { door, statistics };
}

/** Why it came to nothing. */
export async function failureOf(attempt: Promise<unknown>): Promise<OutboundFailure> {
  const outcome = await attempt.then(
    (answer) => ({ answer }),
    (error: unknown) => error,
  );
  if (outcome instanceof OutboundFailure) return outcome;
  throw outcome instanceof Error ? outcome : new Error(`It did not fail: ${JSON.stringify(outcome)}`);
}
