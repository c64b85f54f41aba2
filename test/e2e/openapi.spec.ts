import { call } from '../support/client.js';
import { buildGround, type Facet, type Ground, startFacet } from '../support/facet.js';

/** The part of OpenAPI that is looked at. */
interface Operation {
  readonly summary?: string;
  readonly tags?: string[];
  readonly security?: Record<string, string[]>[];
  readonly parameters?: { name: string; in: string; description?: string; schema: Schema }[];
  readonly requestBody?: { content: Record<string, { schema: Schema }> };
  readonly responses: Record<
    string,
    { description: string; content?: Record<string, { schema: Schema; examples?: object }> }
  >;
}

interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly format?: string;
  readonly enum?: unknown[];
  readonly description?: string;
  readonly example?: unknown;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: Schema;
  readonly properties?: Record<string, Schema>;
  readonly allOf?: Schema[];
  readonly oneOf?: Schema[];
  readonly additionalProperties?: Schema | boolean;
}

/** The contract's routes, as they stand in it. */
const ROUTES = [
  'post /api/v1/analyze',
  'get /api/v1/analyzers',
  'get /api/v1/progress/{id}',
  'get /api/v1/progress/{id}/stream',
  'post /api/v1/analyses/{id}/cancel',
  'post /api/v1/analyses/{id}/retry',
  'delete /api/v1/analyses/{id}',
  'get /api/v1/results',
  'get /api/v1/results/export',
  'get /api/v1/results/{id}',
  'get /api/v1/results/{id}/download/{format}',
  'get /api/v1/results/{id}/artifacts/{name}',
  'get /api/v1/statistics',
  'get /api/v1/statistics/daily',
  'get /api/v1/history',
  'post /api/v1/auth/register',
  'post /api/v1/auth/login',
  'post /api/v1/auth/refresh',
  'post /api/v1/auth/forgot-password',
  'post /api/v1/auth/reset-password',
  'post /api/v1/auth/logout',
  'get /api/v1/auth/me',
  'post /api/v1/auth/change-password',
  'post /api/v1/auth/api-keys',
  'get /api/v1/auth/api-keys',
  'delete /api/v1/auth/api-keys/{id}',
  'post /api/v1/batches',
  'get /api/v1/batches',
  'get /api/v1/batches/{id}',
  'get /api/v1/batches/{id}/status',
  'get /api/v1/batches/{id}/stream',
  'get /api/v1/batches/{id}/items',
  'get /api/v1/batches/related/{id}',
  'post /api/v1/batches/{id}/pause',
  'post /api/v1/batches/{id}/resume',
  'post /api/v1/batches/{id}/cancel',
  'post /api/v1/batches/{id}/retry',
  'delete /api/v1/batches/{id}',
  'get /api/v1/batches/parent/{parent}/status',
  'get /api/v1/batches/parent/{parent}/stream',
  'post /api/v1/batches/parent/{parent}/pause',
  'post /api/v1/batches/parent/{parent}/resume',
  'post /api/v1/batches/parent/{parent}/cancel',
  'post /api/v1/batches/parent/{parent}/retry',
  'delete /api/v1/batches/parent/{parent}',
  'get /api/v1/batch-data/export',
  'get /api/v1/admin/users',
  'patch /api/v1/admin/users/{id}',
  'get /api/v1/admin/audit-log',
  'get /admin/queues',
  'get /api/v1/outbound/status',
  'get /health',
  'get /health/live',
  'get /health/ready',
];

let ground: Ground;
let facet: Facet;
let document: any;
let operations: [string, Operation][];

beforeAll(async () => {
  ground = await buildGround();
  facet = await startFacet(ground, { ROLE: 'api' });
  document = (await call(facet.url, '/api/docs-json')).body;
  operations = Object.entries<Record<string, Operation>>(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): [string, Operation] => [`${method} ${path}`, operation]),
  );
});

afterAll(async () => {
  await facet.stop();
  await ground.remove();
});

it('is a console and a document', async () => {
  const { status, headers, body } = await call(facet.url, '/api/docs');
  expect(status).toBe(200);
  expect(headers.get('content-type')).toContain('text/html');
  expect(body).toContain('swagger-ui');
  const script = /src="([^"]*swagger-ui-bundle\.js)"/.exec(body)?.[1] ?? '';
  expect((await fetch(new URL(script, `${facet.url}/api/docs/`))).status).toBe(200);
  expect(document.openapi).toMatch(/^3\./);
});

it('describes exactly the routes of the contract', () => {
  expect(operations.map(([route]) => route).sort()).toEqual([...ROUTES].sort());
});

it('says in a sentence what each route does, and where it belongs', () => {
  for (const [route, { tags }] of operations) expect({ route, tags }).toEqual({ route, tags: [expect.any(String)] });
  const summaries = operations.map(([, { summary }]) => summary ?? '');
  for (const summary of summaries) expect(summary).toMatch(/^[A-Z].{8,}/);
  expect(new Set(summaries).size).toBe(summaries.length);
});

it('describes every success and every refusal', () => {
  for (const [route, { responses }] of operations) {
    const statuses = Object.keys(responses);
    expect({ route, statuses }).toEqual({ route, statuses: expect.arrayContaining([expect.stringMatching(/^2/)]) });
    for (const [status, { description, content }] of Object.entries(responses)) {
      expect({ route, status, description }).toEqual({ route, status, description: expect.any(String) });
      // An answer without a body: all that there is to say is that it was taken.
      const bodiless = status === '204' || (route.endsWith('/forgot-password') && status === '202');
      if (bodiless || route.startsWith('get /health')) continue;
      expect({ route, status, types: Object.keys(content ?? {}).length > 0 }).toEqual({ route, status, types: true });
    }
    if (!route.startsWith('get /health')) expect(statuses).toEqual(expect.arrayContaining(['500', '503']));
    if (route.includes('{id}')) expect(statuses).toEqual(expect.arrayContaining(['404', '422']));
  }
});

it('describes refusals as the JSON that they are', () => {
  for (const [route, { responses }] of operations) {
    if (route.startsWith('get /health')) continue;
    for (const [status, { content }] of Object.entries(responses).filter(([key]) => Number(key) >= 400)) {
      expect({ route, status, types: Object.keys(content ?? {}) }).toEqual({
        route,
        status,
        types: ['application/json'],
      });
      const { schema, examples } = content!['application/json']!;
      expect(schema.$ref).toBe('#/components/schemas/ErrorResponse');
      expect(Object.keys(examples ?? {}).length).toBeGreaterThan(0);
      for (const [code, example] of Object.entries(examples ?? {})) {
        expect(example).toMatchObject({ value: { error: { code, details: null } } });
      }
    }
  }
});

it('tells what HTTP, the router and the body parser answer, where they can', () => {
  for (const [route, { responses }] of operations) {
    const told = Object.keys(responses);
    const [method = '', path = ''] = route.split(' ');
    expect({ route, told }).toEqual({ route, told: expect.arrayContaining(['400', '417']) });
    for (const status of ['408', '413', '415']) {
      expect({ route, status, told: told.includes(status) }).toEqual({ route, status, told: method !== 'get' });
    }
    const unrouted = 'route_not_found' in (responses['404']?.content?.['application/json']?.examples ?? {});
    expect({ route, unrouted }).toEqual({ route, unrouted: path.includes('{') });
  }
});

it('has an example of every error of the catalogue at a route that may answer it', () => {
  const rows: string[][] = [...document.info.description.matchAll(/^\| `([a-z_]+)` \| (\d{3}) \|/gm)];
  const catalogue = rows.map(([, code, status]) => `${code} ${status}`);
  expect(catalogue.length).toBeGreaterThan(20);
  const shown = new Set(
    operations.flatMap(([, { responses }]) =>
      Object.entries(responses).flatMap(([status, { content }]) =>
        Object.keys(content?.['application/json']?.examples ?? {}).map((code) => `${code} ${status}`),
      ),
    ),
  );
  // The first is told of where https is demanded; the other meets the form of a page, which no program sends.
  const anywhere = ['https_required 403', 'form_refused 403'];
  expect([...shown, ...anywhere].sort()).toEqual([...catalogue].sort());
});

it('describes every parameter', () => {
  for (const [route, { parameters = [] }] of operations) {
    for (const { name, schema } of parameters) {
      expect({ route, name, schema }).toEqual({
        route,
        name,
        schema: expect.objectContaining({ type: expect.any(String) }),
      });
    }
    const inPath = [...route.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    expect(parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => name)).toEqual(inPath);
  }
});

it('tells the bounds and defaults of a list', () => {
  const list = operations.find(([route]) => route === 'get /api/v1/results')![1];
  const named = Object.fromEntries(list.parameters!.map(({ name, schema }) => [name, schema]));
  const names = ['file_type', 'from', 'owner_id', 'page', 'per_page', 'q', 'sort', 'status', 'to'];
  expect(Object.keys(named).sort()).toEqual(names);
  expect(named.page).toMatchObject({ minimum: 1, default: 1 });
  expect(named.per_page).toMatchObject({ minimum: 1, maximum: 100, default: 20 });
  expect(named.status?.enum).toEqual(['queued', 'processing', 'completed', 'failed', 'cancelled']);
  expect(named.file_type?.enum).toEqual(['image', 'video', 'document']);
  expect(named.sort).toMatchObject({ enum: ['created_at', '-created_at'], default: '-created_at' });
});

it('tells what each route asks of its caller', () => {
  const open = ['register', 'login', 'refresh', 'forgot-password', 'reset-password'].map((name) => `/auth/${name}`);
  for (const [route, { security, responses }] of operations) {
    const isOpen = open.some((path) => route.endsWith(path)) || route.startsWith('get /health');
    const expected = { route, token: !isOpen, refusal: !isOpen };
    const token = security?.some((way) => 'access-token' in way) ?? false;
    const refusal = 'unauthenticated' in (responses['401']?.content?.['application/json']?.examples ?? {});
    expect({ route, token, refusal }).toEqual(expected);
  }
  const { 'access-token': token, 'api-key': key } = document.components.securitySchemes;
  expect(token).toMatchObject({ type: 'http', scheme: 'bearer' });
  expect(key).toMatchObject({ type: 'apiKey', in: 'header', name: 'X-API-Key' });
});

it('tells the form of an upload', () => {
  const { requestBody, responses } = operations.find(([route]) => route === 'post /api/v1/analyze')![1];
  const { $ref = '' } = requestBody!.content['multipart/form-data']!.schema;
  const form: Schema = document.components.schemas[$ref.split('/').at(-1)!];
  expect(form.properties?.file).toMatchObject({ type: 'string', format: 'binary' });
  expect(Object.keys(form.properties ?? {})).toEqual(['file', 'file_type', 'features', 'options']);
  expect(Object.keys(responses)).toEqual(expect.arrayContaining(['202', '400', '409', '413', '415', '422', '429']));
});

it('describes every property of every body, without a hole', () => {
  const schemas = Object.entries<Schema>(document.components.schemas);
  expect(schemas.length).toBeGreaterThan(10);
  for (const [name, { properties }] of schemas) {
    expect({ name, properties: Object.keys(properties ?? {}).length > 0 }).toEqual({ name, properties: true });
    for (const [property, schema] of Object.entries(properties!)) {
      const { type, $ref, allOf, oneOf, description, example, format } = schema;
      expect({ name, property, typed: Boolean(type ?? $ref ?? allOf ?? oneOf) }).toEqual({
        name,
        property,
        typed: true,
      });
      const explained = description ?? example ?? schema.enum ?? format ?? schema.items ?? $ref ?? allOf;
      expect({ name, property, explained: explained !== undefined }).toEqual({ name, property, explained: true });
    }
  }
  const references = [...JSON.stringify(document).matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(
    ([, name]) => name!,
  );
  for (const reference of references) expect(document.components.schemas).toHaveProperty(reference);
});

it('describes the bodies that are really sent', async () => {
  for (const [path, schema] of [
    ['/api/v1/results', 'ResultsPage'],
    ['/api/v1/statistics', 'StatisticsResponse'],
    ['/api/v1/statistics/daily', 'DailyStatisticsResponse'],
    ['/api/v1/analyzers', 'AnalyzersResponse'],
    ['/api/v1/outbound/status', 'OutboundStatusResponse'],
    ['/health', 'HealthResponse'],
    ['/nothing', 'ErrorResponse'],
  ] as const) {
    const { body } = await call(facet.url, path);
    expect(Object.keys(body).sort()).toEqual(Object.keys(document.components.schemas[schema].properties).sort());
  }
});

it('names every scope of the contract where keys are made and shown', () => {
  const { MakeApiKeyRequest, NewApiKeyResponse, ApiKeyResponse } = document.components.schemas;
  for (const { properties } of [MakeApiKeyRequest, NewApiKeyResponse, ApiKeyResponse]) {
    expect(properties.scopes.items.enum).toEqual([
      'analyses:read',
      'analyses:write',
      'batches:read',
      'batches:write',
      'admin',
    ]);
  }
});
