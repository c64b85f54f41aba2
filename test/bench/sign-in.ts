import { hash, verify } from '@node-rs/argon2';
import autocannon from 'autocannon';
import { Client } from 'undici';
import { type Figures, median, secondsOf, takeTurns } from './figures.js';
import { liveUnder } from './live-under.js';
import { startGround, startProduct } from './product.js';
import type { Workbench } from './workbench.js';
import { ADA } from '../support/accounts.js';

const LOGIN = '/api/v1/auth/login';
const PASSWORD = 'correct horse battery staple';

/** Of a turn: few, since a machine changes its pace within seconds. */
const LOG_INS = 6;

/** People who log in again and again in the flood, and for how many seconds. */
const FLOOD = { connections: 50, seconds: 6 };

/** Milliseconds that 99 % of its answers may take. */
const PATIENCE = 50;

/** Log-ins a second, one after the other, against bare argon2 on the same hash: the share that is argon2's own. */
export async function signInBenchmark(bench: Workbench): Promise<Figures> {
  const { database, ...servers } = await startGround(bench);
  const { url } = await startProduct(bench, { ...servers, ROLE: 'api' });
  const server = new Client(url);
  const known = await enterPassword(database, server);
  const turns = await takeTurns(
    40,
    () => perSecond(() => logIn(server)),
    () => perSecond(() => verify(known, PASSWORD)),
  );
  await server.close();
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
  server: Client,
): Promise<string> {
  const cheap = await hash(PASSWORD, { memoryCost: 1024, timeCost: 1 });
  await database.query('UPDATE users SET password_hash = $2 WHERE id = $1', [ADA.id, cheap]);
  await logIn(server);
  const { rows } = await database.query('SELECT password_hash FROM users WHERE id = $1', [ADA.id]);
  return rows[0]!.password_hash;
}

const perSecond = async (work: () => Promise<unknown>): Promise<number> => {
  const seconds: number[] = [];
  for (let round = 0; round < LOG_INS; round++) seconds.push(await secondsOf(work));
  return 1 / median(seconds);
};

async function logIn(server: Client): Promise<void> {
  const body = JSON.stringify({ email: ADA.email, password: PASSWORD });
  const headers = { 'Content-Type': 'application/json' };
  const answer = await server.request({ method: 'POST', path: LOGIN, headers, body });
  const text = await answer.body.text();
  if (answer.statusCode !== 200) throw new Error(`A log-in was answered ${answer.statusCode}: ${text}`);
}

/** Milliseconds that 99 % of the answers took at most. */
async function liveUnderFlood(url: string): Promise<number> {
  const body = JSON.stringify({ email: ADA.email, password: PASSWORD });
  const headers = { 'Content-Type': 'application/json' };
  const flood = autocannon({
    url,
    connections: FLOOD.connections,
    duration: FLOOD.seconds,
    requests: [{ method: 'POST', path: LOGIN, headers, body }],
  });
  const [{ requests }, p99] = await Promise.all([flood, liveUnder(flood, url)]);
  if (requests.total < FLOOD.seconds) throw new Error('There was no flood');
  return p99;
}
