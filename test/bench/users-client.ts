import autocannon from 'autocannon';
import { answerQuestions } from './workbench.js';

export interface Crowd {
  readonly url: string;
  readonly paths: readonly string[];
  readonly headers: Record<string, string>;
  readonly users: number;
  /** Requests a second that each user makes. */
  readonly rate: number;
  readonly seconds: number;
}

export interface Experience {
  readonly requests: number;
  readonly failed: number;
  /** Milliseconds that 97.5 % of the answers took at most. */
  readonly slow: number;
}

/** So many users, each on a connection of its own, who ask for one thing after the other. */
answerQuestions(async ({ url, paths, headers, users, rate, seconds }: Crowd): Promise<Experience> => {
  const requests = paths.map((path) => ({ method: 'GET' as const, path, headers }));
  const report = await autocannon({ url, connections: users, connectionRate: rate, duration: seconds, requests });
  return {
    requests: report.requests.total,
    failed: report.non2xx + report.errors + report.timeouts,
    slow: report.latency.p97_5,
  };
});
