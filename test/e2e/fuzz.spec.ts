import fc from 'fast-check';
import type { Agent } from 'node:http';
import { buildKey, buildPerson, type Person } from '../support/accounts.js';
import { buildUpload } from '../support/batches/upload.js';
import { call } from '../support/client.js';
import { buildGround, type Facet, type Ground, startFacet } from '../support/facet.js';
import { type Document, type Operation, operationsOf } from '../support/fuzz/document.js';
import { exchange, type FuzzAnswer, keptAlive } from '../support/fuzz/exchange.js';
import { faultsOf } from '../support/fuzz/judge.js';
import { type Credentials, type FuzzRequest, requestsTo } from '../support/fuzz/requests.js';
import { processorTimeOf } from '../support/processor-time.js';
import { buildRow, idOf, insertRows } from './rows.js';

jest.setTimeout(300_000);

const REQUESTS = 3_000;

/** Milliseconds of the server's processor time that an answer may cost; the clock counts in tens. */
const COST_LIMIT_MS = 250;

/** Times that a costly request is sent again: a compiler or garbage collector at work beside it does not come each time. */
const SECOND_LOOKS = 2;

/** Other requests for another seed; a failure prints its own. */
const SEED = Number(process.env.FUZZ_SEED ?? 11);

let ground: Ground;
let facet: Facet;
let agent: Agent;
let document: Document;
let operations: Map<string, Operation>;
let ids: Ids;
let people: Record<'user' | 'admin', Person>;
let keys: Record<'key' | 'narrow key', string>;
let newcomers = 0;

beforeAll(async () => {
  ground = await buildGround();
  facet = await startFacet(ground, { ROLE: 'api', API_ENDPOINT_URL: 'http://127.0.0.1:9/ai' });
  agent = keptAlive();
  document = (await call(facet.url, '/api/docs-json')).body as Document;
  operations = new Map(operationsOf(document).map((one) => [`${one.method} ${one.path}`, one]));
  const json = { username: 'registered', email: 'registered@example.org', password: 'four score and seven years ago' };
  expect((await call(facet.url, '/api/v1/auth/register', { method: 'POST', json, as: null })).status).toBe(201);
  await welcome();
  ids = await furnish(people.user);
});

afterAll(async () => {
  agent.destroy();
  await facet.stop();
  await ground.remove();
});

/** New people, once those before have signed out, been disabled or lost their keys by what was asked. */
async function welcome(): Promise<void> {
  newcomers += 1;
  const user = await buildPerson(ground.database, `user${newcomers}`);
  people = { user, admin: await buildPerson(ground.database, `admin${newcomers}`, 'admin') };
  await givePasswords();
  for (const table of ['analyses', 'batch_uploads', 'batches']) {
    await ground.database.query(`UPDATE ${table} SET owner_id = $1`, [user.id]);
  }
  const scopes = ['analyses:read', 'analyses:write', 'batches:read', 'batches:write'];
  keys = {
    key: await buildKey(ground.database, user, scopes),
    'narrow key': await buildKey(ground.database, user, ['analyses:read']),
  };
}

/** Ids of rows by what they are of. */
type Ids = Readonly<Record<'analyses' | 'batches' | 'uploads' | 'users' | 'keys', readonly string[]>>;

/** Rows of every kind, enough that some are left when others have been removed. */
async function furnish({ id: ownerId }: Person): Promise<Ids> {
  const statuses = ['completed', 'failed', 'queued', 'processing', 'cancelled'] as const;
  const rows = Array.from({ length: 60 }, (_, n) => buildRow(n, { status: statuses[n % 5]!, owner_id: ownerId }));
  await insertRows(ground, rows);
  const uploads = [];
  for (let number = 0; number < 20; number += 1) {
    uploads.push(await buildUpload(ground.database, { rows: 30, rowsAPart: 15, chunkSize: 5, ownerId }));
  }
  const idsIn = async (table: string) =>
    (await ground.database.query<{ id: string }>(`SELECT id FROM ${table}`)).rows.map(({ id }) => id);
  return {
    analyses: rows.map(({ id }) => id),
    batches: uploads.flatMap(({ batchIds }) => batchIds),
    uploads: uploads.map(({ uploadId }) => uploadId),
    users: await idsIn('users'),
    keys: await idsIn('api_keys'),
  };
}

/** Of the rows that a path is about, and one of nothing. */
function idsOf(path: string): string[] {
  const named = (['users', 'api-keys', 'parent', 'batch'] as const).find((part) => path.includes(part));
  const kind = { users: 'users', 'api-keys': 'keys', parent: 'uploads', batch: 'batches' } as const;
  return [...ids[named ? kind[named] : 'analyses'], idOf('nothing')];
}

/** Everybody has the password of somebody who has registered: what people send in is compared to a real hash. */
const givePasswords = (): Promise<unknown> =>
  ground.database.query(
    `UPDATE users SET password_hash = (SELECT password_hash FROM users WHERE username = 'registered')
      WHERE password_hash = 'none'`,
  );

function credentialsOf(who: Credentials): Record<string, string> {
  if (who === 'user' || who === 'admin') return { Authorization: people[who].bearer };
  if (who === 'key' || who === 'narrow key') return { 'X-API-Key': keys[who] };
  return who === 'bad' ? { Authorization: 'Bearer e30.e30.e30', 'X-API-Key': 'facet_bad' } : {};
}

interface Costed extends FuzzAnswer {
  /** Milliseconds of processor time. */
  readonly cost: number;
}

async function ask({ method, path, credentials, headers, body }: FuzzRequest): Promise<Costed> {
  const pid = facet.process.pid ?? 0;
  const before = processorTimeOf(pid) ?? 0;
  const answer = await exchange(facet.url, agent, {
    method,
    path,
    headers: { ...headers, ...credentialsOf(credentials) },
    body: body === null ? null : Buffer.from(body, 'latin1'),
  });
  return { ...answer, cost: (processorTimeOf(pid) ?? 0) - before };
}

/** What is wrong with the answer to a request. */
async function tried(request: FuzzRequest): Promise<string[]> {
  const answer = await ask(request);
  const isKnown = request.credentials !== 'none' && request.credentials !== 'bad';
  if (answer.status === 401 && isKnown) await welcome();
  const operation = operations.get(request.operation);
  if (!operation) throw new Error(`No operation ${request.operation}`);
  const faults = faultsOf(operation, request, answer);
  let { cost } = answer;
  for (let look = 0; cost > COST_LIMIT_MS && look < SECOND_LOOKS; look += 1) {
    cost = Math.min(cost, (await ask(request)).cost);
  }
  return cost > COST_LIMIT_MS ? [...faults, `${cost} ms of processor time`] : faults;
}

it(`answers ${REQUESTS} requests that are made from its own description as it describes`, async () => {
  const requests = requestsTo(document, [...operations.values()], idsOf);
  await fc.assert(
    fc.asyncProperty(requests, async (request) => {
      expect(await tried(request)).toEqual([]);
    }),
    { seed: SEED, numRuns: REQUESTS },
  );
});
