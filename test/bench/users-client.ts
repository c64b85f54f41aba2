import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'undici';
import { serveRequests } from './workbench.js';

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
  /** Milliseconds that 97.5 % of the answers took at most, each from the moment at which its user wanted it. */
  readonly slow: number;
}

interface Answer {
  readonly isGood: boolean;
  readonly milliseconds: number;
}

/** Milliseconds until the first user asks. */
const PREPARATION = 500;

/** So many users, each on a connection of its own and at moments of its own, who ask for one thing after the other. */
serveRequests(async (crowd: Crowd): Promise<Experience> => {
  const start = performance.now() + PREPARATION;
  const answers = await Promise.all(Array.from({ length: crowd.users }, (_, user) => visit(crowd, user, start)));
  const all = answers.flat();
  const times = all.map(({ milliseconds }) => milliseconds).sort((one, other) => one - other);
  return {
    requests: all.length,
    failed: all.filter(({ isGood }) => !isGood).length,
    slow: times[Math.ceil(times.length * 0.975) - 1]!,
  };
});

async function visit({ url, paths, headers, users, rate, seconds }: Crowd, user: number, start: number) {
  const connection = new Client(url);
  const answers: Answer[] = [];
  for (let request = 0; request < rate * seconds; request += 1) {
    const wanted = start + ((request + user / users) * 1000) / rate;
    await delay(Math.max(0, wanted - performance.now()));
    const path = paths[(request + user) % paths.length]!;
    const isGood = await connection.request({ method: 'GET', path, headers }).then(
      async ({ statusCode, body }) => {
        await body.dump();
        return statusCode === 200;
      },
      () => false,
    );
    answers.push({ isGood, milliseconds: performance.now() - wanted });
  }
  await connection.close();
  return answers;
}
