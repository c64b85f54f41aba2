import { hash } from '@node-rs/argon2';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { v7 as uuid } from 'uuid';
import { buildKey, buildPerson, type Person } from '../support/accounts.js';
import { type BuiltUpload, buildUpload, type UploadPlan } from '../support/batches/upload.js';
import { call, signedIn } from '../support/client.js';
import { buildGround, type Facet, type Ground, startFacet } from '../support/facet.js';
import { buildRow, insertArtifacts, insertRows, type RowTruth } from './rows.js';

const PASSWORD = 'the owl and the pussycat';

/** A request as far as it goes beyond its route. */
interface Asked {
  /** In the places of the path's parameters. */
  readonly path?: Record<string, string>;
  readonly json?: unknown;
  readonly form?: Record<string, string | Blob>;
}

/** Prepares what is asked about: rows of the owner, who is somebody new in each case. */
type Preparation = (owner: Person) => Asked | Promise<Asked>;

/** The statuses for nobody, another user, the owner, a key of the owner's with every scope but this one, an administrator. */
type Line = readonly [string, string, number, number, number, number, number, Preparation?];

const nothing: Preparation = () => ({});

const analysis =
  (truth: Partial<RowTruth> = {}): Preparation =>
  async ({ id: owner_id }) => {
    const id = uuid();
    await insertRows(ground, [{ ...buildRow(id, { results: {}, owner_id, ...truth }), id }]);
    return { path: { id, format: 'json', name: 'text.txt' } };
  };

const artifact: Preparation = async (owner) => {
  const asked = await analysis()(owner);
  const key = `${uuid()}.txt`;
  const file = { name: 'text.txt', media_type: 'text/plain', size_bytes: 1, storage_key: key };
  await insertArtifacts(ground, String(asked.path?.id), [file]);
  const path = join(ground.dataDirectory, 'files', key);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, 'x');
  return asked;
};

const upload =
  (plan: Partial<UploadPlan> = {}): Preparation =>
  async ({ id: ownerId }) => {
    const { uploadId, batchIds }: BuiltUpload = await buildUpload(ground.database, { rows: 1, ownerId, ...plan });
    return { path: { id: batchIds[0] ?? '', parent: uploadId } };
  };

const own = upload();
const waiting = upload({ status: 'paused' });

const picture: Preparation = () => ({ form: { file: new Blob(['%PDF-1.4\n%%EOF']) } });
const csv: Preparation = () => ({
  form: { analyzer: 'image', start: 'false', file: new Blob(['url\nhttps://a.org/1']) },
});

const newcomer: Preparation = () => {
  const username = uuid();
  return { json: { username, email: `${username.slice(-12)}@example.org`, password: PASSWORD } };
};
const credentials: Preparation = ({ email }) => ({ json: { email, password: PASSWORD } });
const passwords: Preparation = () => ({ json: { current_password: PASSWORD, new_password: `${PASSWORD} too` } });
const refreshToken: Preparation = async ({ email }) => {
  const json = { email, password: PASSWORD };
  const { body } = await call(facet.url, '/api/v1/auth/login', { method: 'POST', as: null, json });
  return { json: { refresh_token: body.refresh_token } };
};
const key: Preparation = async (owner) => {
  const made = await buildKey(ground.database, owner, ['analyses:read']);
  const { rows } = await ground.database.query('SELECT id FROM api_keys WHERE prefix = $1', [made.slice(0, 14)]);
  return { path: { id: rows[0].id } };
};
const user: Preparation = ({ id }) => ({ path: { id }, json: { disabled: true } });

/** Every route of the OpenAPI document, and nothing else. */
const MATRIX: readonly Line[] = [
  // route, the scope that a key needs, and who gets what:         nobody other owner key admin
  ['get /health', '-', 200, 200, 200, 200, 200],
  ['get /health/live', '-', 200, 200, 200, 200, 200],
  ['get /health/ready', '-', 200, 200, 200, 200, 200],

  ['post /api/v1/auth/register', '-', 201, 201, 201, 201, 201, newcomer],
  ['post /api/v1/auth/login', '-', 200, 200, 200, 200, 200, credentials],
  ['post /api/v1/auth/refresh', '-', 200, 200, 200, 200, 200, refreshToken],
  ['post /api/v1/auth/forgot-password', '-', 202, 202, 202, 202, 202, ({ email }) => ({ json: { email } })],
  // The token is wrong, which is said to everybody who asks.
  [
    'post /api/v1/auth/reset-password',
    '-',
    422,
    422,
    422,
    422,
    422,
    () => ({ json: { token: 'x', password: PASSWORD } }),
  ],
  ['post /api/v1/auth/logout', '-', 401, 204, 204, 403, 204],
  ['get /api/v1/auth/me', '-', 401, 200, 200, 200, 200],
  ['post /api/v1/auth/change-password', '-', 401, 204, 204, 403, 204, passwords],
  ['post /api/v1/auth/api-keys', '-', 401, 201, 201, 403, 201, () => ({ json: { name: 'key' } })],
  ['get /api/v1/auth/api-keys', '-', 401, 200, 200, 403, 200],
  ['delete /api/v1/auth/api-keys/{id}', '-', 401, 404, 204, 403, 404, key],

  ['get /api/v1/admin/users', 'admin', 401, 403, 403, 403, 200],
  ['patch /api/v1/admin/users/{id}', 'admin', 401, 403, 403, 403, 200, user],
  ['get /api/v1/admin/audit-log', 'admin', 401, 403, 403, 403, 200],
  ['get /admin/queues', 'admin', 401, 403, 403, 403, 200],

  ['get /api/v1/analyzers', '-', 401, 200, 200, 200, 200],
  ['post /api/v1/analyze', 'analyses:write', 401, 202, 202, 403, 202, picture],
  ['post /api/v1/analyses/{id}/cancel', 'analyses:write', 401, 404, 200, 403, 404, analysis({ status: 'queued' })],
  ['post /api/v1/analyses/{id}/retry', 'analyses:write', 401, 404, 202, 403, 404, analysis({ status: 'failed' })],
  ['delete /api/v1/analyses/{id}', 'analyses:write', 401, 404, 204, 403, 404, analysis()],
  ['get /api/v1/progress/{id}', 'analyses:read', 401, 404, 200, 403, 200, analysis()],
  ['get /api/v1/progress/{id}/stream', 'analyses:read', 401, 404, 200, 403, 200, analysis()],
  ['get /api/v1/results', 'analyses:read', 401, 200, 200, 403, 200],
  ['get /api/v1/results/export', 'analyses:read', 401, 200, 200, 403, 200],
  ['get /api/v1/results/{id}', 'analyses:read', 401, 404, 200, 403, 200, analysis()],
  ['get /api/v1/results/{id}/download/{format}', 'analyses:read', 401, 404, 200, 403, 200, analysis()],
  ['get /api/v1/results/{id}/artifacts/{name}', 'analyses:read', 401, 404, 200, 403, 200, artifact],
  ['get /api/v1/statistics', 'analyses:read', 401, 200, 200, 403, 200],
  ['get /api/v1/statistics/daily', 'analyses:read', 401, 200, 200, 403, 200],
  ['get /api/v1/history', 'analyses:read', 401, 200, 200, 403, 200],

  ['post /api/v1/batches', 'batches:write', 401, 202, 202, 403, 202, csv],
  ['get /api/v1/batches', 'batches:read', 401, 200, 200, 403, 200],
  ['get /api/v1/batches/{id}', 'batches:read', 401, 404, 200, 403, 200, own],
  ['get /api/v1/batches/{id}/status', 'batches:read', 401, 404, 200, 403, 200, own],
  ['get /api/v1/batches/{id}/stream', 'batches:read', 401, 404, 200, 403, 200, own],
  ['get /api/v1/batches/{id}/items', 'batches:read', 401, 404, 200, 403, 200, own],
  ['post /api/v1/batches/{id}/pause', 'batches:write', 401, 404, 200, 403, 404, own],
  ['post /api/v1/batches/{id}/resume', 'batches:write', 401, 404, 200, 403, 404, waiting],
  ['post /api/v1/batches/{id}/cancel', 'batches:write', 401, 404, 200, 403, 404, own],
  ['post /api/v1/batches/{id}/retry', 'batches:write', 401, 404, 202, 403, 404, own],
  ['delete /api/v1/batches/{id}', 'batches:write', 401, 404, 204, 403, 404, own],
  ['get /api/v1/batches/related/{id}', 'batches:read', 401, 404, 200, 403, 200, own],
  ['get /api/v1/batches/parent/{parent}/status', 'batches:read', 401, 404, 200, 403, 200, own],
  ['get /api/v1/batches/parent/{parent}/stream', 'batches:read', 401, 404, 200, 403, 200, own],
  ['post /api/v1/batches/parent/{parent}/pause', 'batches:write', 401, 404, 200, 403, 404, own],
  ['post /api/v1/batches/parent/{parent}/resume', 'batches:write', 401, 404, 200, 403, 404, waiting],
  ['post /api/v1/batches/parent/{parent}/cancel', 'batches:write', 401, 404, 200, 403, 404, own],
  ['post /api/v1/batches/parent/{parent}/retry', 'batches:write', 401, 404, 202, 403, 404, own],
  ['delete /api/v1/batches/parent/{parent}', 'batches:write', 401, 404, 204, 403, 404, own],
  ['get /api/v1/batch-data/export', 'batches:read', 401, 200, 200, 403, 200],
  ['get /api/v1/outbound/status', 'batches:read', 401, 200, 200, 403, 200],
];

let ground: Ground;
let facet: Facet;
let passwordHash: string;

beforeAll(async () => {
  ground = await buildGround();
  facet = await startFacet(ground, { ROLE: 'api', QUEUE_SIZE: '100000' });
  passwordHash = await hash(PASSWORD, { memoryCost: 1024, timeCost: 1 });
});

afterAll(async () => {
  await facet.stop();
  await ground.remove();
});

/** Somebody who can log in. */
async function buildAccount(role: 'user' | 'admin' = 'user'): Promise<Person> {
  const person = await buildPerson(ground.database, uuid(), role);
  await ground.database.query('UPDATE users SET password_hash = $2 WHERE id = $1', [person.id, passwordHash]);
  return person;
}

/** The scopes that a key may be made for, as the document names them. */
async function scopesThere(): Promise<string[]> {
  const { body } = await call(facet.url, '/api/docs-json', { as: null });
  return body.components.schemas.MakeApiKeyRequest.properties.scopes.items.enum;
}

/** Who asks, in the order of the matrix, by the headers they send. */
const ASKERS: Record<string, (owner: Person, scope: string) => Promise<Record<string, string>>> = {
  nobody: () => Promise.resolve({}),
  other: async () => signedIn({ as: await buildAccount() }),
  owner: (owner) => Promise.resolve(signedIn({ as: owner })),
  key: async (owner, scope) => {
    const scopes = (await scopesThere()).filter((one) => one !== scope);
    return { 'X-API-Key': await buildKey(ground.database, owner, scopes) };
  },
  admin: async () => signedIn({ as: await buildAccount('admin') }),
};

/** Only the status: some answers never end. */
async function statusOf(route: string, { path = {}, json, form }: Asked, headers: Record<string, string>) {
  const [method = '', pattern = ''] = route.split(' ');
  const address = facet.url + pattern.replace(/\{(\w+)\}/g, (_all, name: string) => path[name] ?? '');
  const init: RequestInit = { method: method.toUpperCase(), headers };
  if (json !== undefined) {
    init.headers = { ...headers, 'Content-Type': 'application/json' };
    init.body = JSON.stringify(json);
  }
  if (form) {
    const data = new FormData();
    for (const [name, value] of Object.entries(form)) data.append(name, value);
    init.body = data;
  }
  const response = await fetch(address, init);
  await response.body?.cancel();
  return response.status;
}

it('has a line for every route, and none for any other', async () => {
  const { body } = await call(facet.url, '/api/docs-json', { as: null });
  const routes = Object.entries<object>(body.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method} ${path}`),
  );
  expect(routes.length).toBeGreaterThan(30);
  expect(MATRIX.map(([route]) => route).sort()).toEqual(routes.sort());
});

it.each(MATRIX.map((line) => [line[0], line] as const))('%s', async (route, [, scope, ...columns]) => {
  const [nobody, other, owner, key, admin, prepare = nothing] = columns;
  const found: Record<string, number> = {};
  for (const [name, headersOf] of Object.entries(ASKERS)) {
    const person = await buildAccount();
    const headers = await headersOf(person, scope);
    found[name] = await statusOf(route, await prepare(person), headers);
  }
  expect(found).toEqual({ nobody, other, owner, key, admin });
});
