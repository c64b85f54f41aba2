import { setTimeout as delay } from 'node:timers/promises';
import type { FacetClient } from '../facet-client.js';
import { bar, clock, grouped, LiveLine, table } from '../terminal.js';

/** Time between two requests for the status. */
const POLL_INTERVAL_MS = 500;

interface UploadStatus {
  readonly batch_name: string;
  readonly status: string;
  readonly total_urls: number;
  readonly processed: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly cancelled: number;
  readonly urls_per_minute: number;
  readonly eta_seconds: number | null;
  readonly errors: readonly { readonly class: string; readonly count: number }[];
  readonly hosts: readonly { readonly host: string; readonly failed: number }[];
}

/** Shows how far an upload is until it has ended, then what went wrong; returns 0 when it was completed. */
export async function watchUpload(client: FacetClient, uploadId: string): Promise<number> {
  const line = new LiveLine();
  for (;;) {
    const status = await client.get<UploadStatus>(`batches/parent/${uploadId}/status`);
    if (['completed', 'failed', 'cancelled'].includes(status.status)) {
      line.end(lineOf(status));
      summarize(status);
      return status.status === 'completed' ? 0 : 1;
    }
    line.draw(lineOf(status));
    await delay(POLL_INTERVAL_MS);
  }
}

function lineOf(status: UploadStatus): string {
  const share = status.processed / status.total_urls;
  return [
    bar(share),
    `${Math.floor(share * 100)} %`,
    `${grouped(status.processed)} of ${grouped(status.total_urls)}`,
    `${grouped(Math.round(status.urls_per_minute / 60))}/s`,
    ...(status.eta_seconds === null ? [] : [`${clock(status.eta_seconds)} left`]),
    ...(status.failed > 0 ? [`${grouped(status.failed)} failed`] : []),
    ...(status.status === 'processing' ? [] : [status.status]),
  ].join('  ');
}

function summarize({ batch_name, status, succeeded, failed, cancelled, errors, hosts }: UploadStatus): void {
  const counts = [`${grouped(succeeded)} succeeded`, `${grouped(failed)} failed`];
  if (cancelled > 0) counts.push(`${grouped(cancelled)} cancelled`);
  process.stdout.write(`\n${batch_name} ${status}: ${counts.join(', ')}\n`);
  const write = (headings: [string, string], rows: [string, number][]) => {
    if (rows.length === 0) return;
    const cells = rows.map(([name, count]) => [name, grouped(count)]);
    process.stdout.write(`\n${table(headings, cells)}\n`);
  };
  write(
    ['error', 'rows'],
    errors.map((error) => [error.class, error.count]),
  );
  write(
    ['host', 'failed'],
    hosts.map((host) => [host.host, host.failed]),
  );
}
