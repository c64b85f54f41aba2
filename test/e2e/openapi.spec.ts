import { call } from '../support/client.js';
import { buildGround, type Facet, type Ground, startFacet } from '../support/facet.js';

let ground: Ground;
let facet: Facet;
let document: any;

beforeAll(async () => {
  ground = await buildGround();
  facet = await startFacet(ground);
  ({ body: document } = await call(facet.url, '/api/docs-json'));
});

afterAll(async () => {
  await facet.stop();
  await ground.remove();
});

const routes = (): [string, any][] =>
  Object.entries<any>(document.paths).flatMap(([path, methods]) =>
    Object.entries<any>(methods).map(([method, route]): [string, any] => [`${method.toUpperCase()} ${path}`, route]),
  );

it('describes exactly the routes of the contract', () => {
  expect(
    routes()
      .map(([name]) => name)
      .sort(),
  ).toEqual(
    [
      'GET /health',
      'GET /health/live',
      'GET /health/ready',
      'POST /api/v1/analyze',
      'GET /api/v1/analyzers',
      'POST /api/v1/analyses/{id}/cancel',
      'POST /api/v1/analyses/{id}/retry',
      'DELETE /api/v1/analyses/{id}',
      'GET /api/v1/progress/{id}',
      'GET /api/v1/progress/{id}/stream',
      'GET /api/v1/results',
      'GET /api/v1/results/{id}',
      'GET /api/v1/results/{id}/download/{format}',
      'GET /api/v1/results/{id}/artifacts/{name}',
      'GET /api/v1/statistics',
      'GET /api/v1/statistics/daily',
      'GET /api/v1/history',
    ].sort(),
  );
});

it('gives every route a summary, its answers and its errors', () => {
  for (const [name, { summary, tags, responses }] of routes()) {
    expect([name, summary, tags]).toEqual([name, expect.stringMatching(/\S/), [expect.any(String)]]);
    const statuses = Object.keys(responses);
    expect(statuses.some((status) => status.startsWith('2'))).toBe(true);
    if (!name.includes('/health')) expect(statuses).toEqual(expect.arrayContaining(['500', '503']));
    if (name.includes('{id}')) expect(statuses).toEqual(expect.arrayContaining(['404', '422']));
  }
});

it('shows an example of every error that a route can answer with', () => {
  const catalogue = new Set([...document.info.description.matchAll(/^\| `([a-z_]+)`/gm)].map(([, code]: any) => code));
  for (const [, { responses }] of routes()) {
    for (const [status, { content }] of Object.entries<any>(responses)) {
      if (Number(status) < 400) continue;
      for (const [code, { value }] of Object.entries<any>(content['application/json'].examples ?? {})) {
        expect(catalogue).toContain(code);
        expect(value.error.code).toBe(code);
      }
    }
  }
});

it('describes every field', () => {
  for (const [name, schema] of Object.entries<any>(document.components.schemas)) {
    for (const [field, property] of Object.entries<any>(schema.properties)) {
      const told = property.description ?? property.example ?? property.enum ?? property.format ?? property.$ref;
      expect([`${name}.${field}`, told ?? property.type ?? property.allOf ?? property.items]).not.toContain(undefined);
    }
  }
});

it('serves the console', async () => {
  const { status, body } = await call(facet.url, '/api/docs');
  expect(status).toBe(200);
  expect(body).toContain('swagger-ui');
  expect((await call(facet.url, '/api/docs/swagger-ui-bundle.js')).status).toBe(200);
});
