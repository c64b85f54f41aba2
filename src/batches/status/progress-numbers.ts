import type { Numbers } from './status.queries.js';

/** What follows from what is kept. */
interface ProgressNumbers {
  readonly processed: number;
  readonly progress: number;
  readonly success_rate: number;
  readonly urls_per_minute: number;
  readonly eta_seconds: number | null;
}

/** The window of the rate, in seconds; shorter while the work is younger. */
const WINDOW = 60;

/** A rate over less than a second says nothing. */
const SHORTEST = 1;

/** What is shown of what is kept: the raw material of the rate is left out. */
export function withProgress<Row extends Numbers>(
  row: Row,
): Omit<Row, 'recent' | 'ahead' | 'running'> & ProgressNumbers {
  const { recent, ahead, running, ...shown } = row;
  const { status, total_urls, succeeded, failed } = row;
  const processed = succeeded + failed;
  const perSecond = running === null ? 0 : recent / Math.min(WINDOW, Math.max(SHORTEST, running));
  return {
    ...shown,
    processed,
    // Rounded down: 100 is said of no row less than all.
    progress: Math.floor((10_000 * processed) / total_urls) / 100,
    success_rate: processed === 0 ? 0 : Math.round((10_000 * succeeded) / processed) / 100,
    urls_per_minute: Math.round(perSecond * 600) / 10,
    eta_seconds: status === 'processing' && perSecond > 0 ? Math.ceil(ahead / perSecond) : null,
  };
}
