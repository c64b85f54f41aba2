import { hash, verify } from '@node-rs/argon2';
import autocannon from 'autocannon';
import { type Figures, median, secondsOf, takeTurns } from './figures.js';
import { startGround, startProduct } from './product.js';
import type { Workbench } from './workbench.js';
import { ADA } from '../support/accounts.js';

const PASSWORD = 'correct horse battery staple';
const LOG_INS = 60;

/** People who log in again and again in the flood, and for how many seconds. */
const FLOOD = { connections: 50, seconds: 6 };

/** Milliseconds that 99 % of the answers of `/health/live` may take meanwhile. */
const PATIENCE = 50;

/** Log-ins a second, one after the other, against bare argon2 on the same hash: the share that is argon2's own. */
export async function signInBenchmark(bench: Workbench): Promise<Figures> {
  const { database, ...servers } = await startGround(bench);
  const { url } = await startProduct(bench, { ...servers, ROLE: 'api' });
  const login = `${url}/api/v1/auth/login`;
  const known = await enterPassword(database, login);
  const turns = await takeTurns(
    24,
    () => perSecond(() => logIn(login)),
    () => perSecond(() => verify(known, PASSWORD)),
  );
  const p99 = await liveUnderFlood(url);
  const verdict = p99 <= PATIENCE ? 'within' : 'beyond';
  console.error(`sign-in: p99 of /health/live under a flood of log-ins ${p99} ms, ${verdict} ${PATIENCE} ms`);
  return {
    name: 'sign-in',
    unit: 'log-ins/s',
    ...turns,
    reference_name: 'bare argon2id, same cost',
    ratio: turns.ours / turns.reference,
  };
}

/** Gives Ada a password at the cost that Facet asks for: a cheap hash is made anew at the first log-in. */
async function enterPassword(
  database: { query(sql: string, values: unknown[]): Promise<{ rows: { password_hash: string }[] }> },
  login: string,
): Promise<string> {
  const cheap = await hash(PASSWORD, { memoryCost: 1024, timeCost: 1 });
  await database.query('UPDATE users SET password_hash = $2 WHERE id = $1', [ADA.id, cheap]);
  await logIn(login);
  const { rows } = await database.query('SELECT password_hash FROM users WHERE id = $1', [ADA.id]);
  return rows[0]!.password_hash;
}

const perSecond = async (work: () => Promise<unknown>): Promise<number> => {
  const seconds: number[] = [];
  for (let round = 0; round < LOG_INS; round++) seconds.push(await secondsOf(work));
  return 1 / median(seconds);
};

async function logIn(login: string): Promise<void> {
  const body = JSON.stringify({ email: ADA.email, password: PASSWORD });
  const answer = await fetch(login, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body });
  if (!answer.ok) throw new Error(`A log-in was answered ${answer.status}: ${await answer.text()}`);
  await answer.text();
}

/** Milliseconds that 99 % of the answers took at most. */
async function liveUnderFlood(url: string): Promise<number> {
  const body = JSON.stringify({ email: ADA.email, password: PASSWORD });
  const headers = { 'Content-Type': 'application/json' };
  const path = '/api/v1/auth/login';
  const flood = autocannon({
    url,
    connections: FLOOD.connections,
    duration: FLOOD.seconds,
    requests: [{ method: 'POST', path, headers, body }],
  });
  const live = autocannon({
    url,
    connections: 5,
    connectionRate: 20,
    duration: FLOOD.seconds,
    requests: [{ method: 'GET', path: '/health/live', headers: {} }],
  });
  const [{ requests }, { latency }] = await Promise.all([flood, live]);
  if (requests.total < FLOOD.seconds) throw new Error('There was no flood');
  return latency.p99;
}
