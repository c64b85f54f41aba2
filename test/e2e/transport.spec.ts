import { call, analyze } from '../support/client.js';
import { buildGround, eventually, type Facet, type Ground, startFacet } from '../support/facet.js';
import { solid } from '../support/media/images.js';
import { exchange, requestHead } from './raw-http.js';
import { expectRefusal } from './traces.js';

const ORIGIN = 'https://app.example.org';

let ground: Ground;
let facet: Facet;

beforeAll(async () => {
  ground = await buildGround();
  facet = await startFacet(ground, { CORS_ORIGINS: `${ORIGIN}, http://localhost:8080` });
});

afterAll(async () => {
  await facet.stop();
  await ground.remove();
});

const policyOf = (headers: Headers): Record<string, string[]> =>
  Object.fromEntries(
    (headers.get('content-security-policy') ?? '').split(';').map((directive) => {
      const [name = '', ...sources] = directive.trim().split(/\s+/);
      return [name, sources];
    }),
  );

describe('what browsers are told', () => {
  it.each([
    '/api/v1/results',
    '/api/v1/nothing',
    '/api/v1/results/%zz',
    '/api/v1/results?page=x',
    '/health',
    '/api/docs-json',
  ])('%s is data: nothing of it is loaded, run or framed', async (path) => {
    const { headers } = await call(facet.url, path);
    expect(policyOf(headers)).toMatchObject({ 'default-src': ["'none'"], 'frame-ancestors': ["'none'"], sandbox: [] });
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('x-frame-options')).toBe('DENY');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('set-cookie')).toBeNull();
    expect(headers.get('x-powered-by')).toBeNull();
    // It would not count over http, and a development machine has no certificate.
    expect(headers.get('strict-transport-security')).toBeNull();
  });

  it('a file that somebody sent in cannot run as a page', async () => {
    const html = Buffer.from(
      '<!doctype html><html><body><p>Hello there, reader.</p><script>alert(1)</script></body></html>',
    );
    const document = await analyze(facet.url, html, { filename: 'page.html' });
    const picture = await analyze(facet.url, await solid(40, 30, '#336699').png().toBuffer());
    const paths = [
      ...[document, picture].flatMap(({ artifacts }) => artifacts.map(({ url }: { url: string }) => url)),
      `/api/v1/results/${document.id}/download/txt`,
    ];
    expect(paths.length).toBeGreaterThan(2);
    for (const path of paths) {
      const { status, headers } = await call(facet.url, path);
      expect({ path, status }).toEqual({ path, status: 200 });
      expect(policyOf(headers)).toMatchObject({ 'default-src': ["'none'"], sandbox: [] });
      expect(headers.get('x-content-type-options')).toBe('nosniff');
    }
  });

  it('a stream of events is told the same', async () => {
    const picture = await analyze(facet.url, await solid(40, 30, '#336699').png().toBuffer());
    const { headers } = await call(facet.url, `/api/v1/progress/${picture.id}/stream`, { headers: { Origin: ORIGIN } });
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('access-control-allow-origin')).toBe(ORIGIN);
  });
});

it('the console works under its own policy', async () => {
  const page = await call(facet.url, '/api/docs');
  const policy = policyOf(page.headers);
  expect(policy['script-src']).toEqual(["'self'"]);
  expect(policy['frame-ancestors']).toEqual(["'none'"]);
  expect(policy).not.toHaveProperty('sandbox');
  expect(policy['connect-src']).toEqual(["'self'"]);

  const html: string = page.body;
  // Every script comes from a file of this host: none stands in the page, in an attribute or behind a link.
  const scripts = [...html.matchAll(/<script\b([^>]*)>([\s\S]*?)<\/script>/g)];
  expect(scripts.length).toBeGreaterThan(1);
  for (const [, , inline] of scripts) expect(inline!.trim()).toBe('');
  expect(html).not.toMatch(/\son[a-z]+\s*=\s*["']/i);
  expect(html).not.toMatch(/javascript:/i);
  const assets = [...html.matchAll(/<(?:script|link)\b[^>]*\b(?:src|href)="([^"]+)"/g)].map(([, path]) => path!);
  expect(assets.length).toBeGreaterThan(3);
  for (const path of assets) {
    const url = new URL(path, `${facet.url}/api/docs`);
    expect(url.origin).toBe(facet.url);
    const answer = await fetch(url);
    expect({ path, status: answer.status }).toEqual({ path, status: 200 });
    // With nosniff a browser runs a script only under its own type.
    const type = answer.headers.get('content-type');
    if (path.endsWith('.js')) expect(type).toMatch(/^(?:application|text)\/javascript/);
    if (path.endsWith('.css')) expect(type).toMatch(/^text\/css/);
    const source = await answer.text();
    if (path.endsWith('swagger-ui-init.js')) expect(source).toContain('SwaggerUIBundle');
  }
});

describe('pages of other origins', () => {
  const ask = (path: string, headers: Record<string, string>, method = 'GET') =>
    call(facet.url, path, { method, headers });

  it.each([ORIGIN, 'http://localhost:8080'])('%s may read, without cookies', async (origin) => {
    for (const path of ['/api/v1/results', '/api/v1/nothing']) {
      const { headers } = await ask(path, { Origin: origin });
      expect(headers.get('access-control-allow-origin')).toBe(origin);
      expect(headers.get('access-control-allow-credentials')).toBeNull();
      expect(headers.get('vary')).toMatch(/origin/i);
      const exposed = headers.get('access-control-expose-headers')!.toLowerCase().split(/, */);
      expect(exposed).toEqual(
        expect.arrayContaining([
          'x-request-id',
          'ratelimit-limit',
          'ratelimit-remaining',
          'ratelimit-reset',
          'location',
          'retry-after',
          'idempotent-replayed',
          'content-disposition',
        ]),
      );
    }
  });

  it.each([
    'https://app.example.org.evil.example',
    'https://evil-app.example.org',
    'http://app.example.org',
    'https://app.example.org:8443',
    'https://APP.example.org.',
    'null',
    '*',
  ])('%s may not', async (origin) => {
    const { headers } = await ask('/api/v1/results', { Origin: origin });
    expect(headers.get('access-control-allow-origin')).toBeNull();
  });

  it('may ask beforehand what they may send', async () => {
    const { status, headers } = await ask(
      '/api/v1/analyze',
      {
        Origin: ORIGIN,
        'Access-Control-Request-Method': 'POST',
        'Access-Control-Request-Headers': 'authorization,idempotency-key',
      },
      'OPTIONS',
    );
    expect(status).toBe(204);
    expect(headers.get('access-control-allow-origin')).toBe(ORIGIN);
    expect(headers.get('access-control-allow-methods')).toMatch(/POST.*DELETE/);
    expect(headers.get('access-control-allow-headers')).toMatch(/Authorization.*Idempotency-Key.*X-API-Key/);
    expect(headers.get('access-control-max-age')).toBe('600');
  });
});

describe('in production behind a proxy', () => {
  let behind: Facet;

  beforeAll(async () => {
    behind = await startFacet(ground, {
      NODE_ENV: 'production',
      ROLE: 'api',
      TRUST_PROXY: '127.0.0.1',
    });
  });

  afterAll(() => behind.stop());

  const ask = (method: string, path: string, headers: Record<string, string>) =>
    exchange(behind.url, requestHead(method, path, { Host: 'facet.example.org:8080', ...headers }));

  const HTTP = { 'X-Forwarded-Proto': 'http' };
  const HTTPS = { 'X-Forwarded-Proto': 'https' };

  it('sends reads over plain http to https, with path and query as they were', async () => {
    for (const path of ['/api/v1/results?q=a%20b&page=2', '/results/x', '/api/docs', '/nothing', '//evil.example/x']) {
      const { status, headers } = await ask('GET', path, HTTP);
      expect({ path, status }).toEqual({ path, status: 308 });
      expect(headers.get('location')).toBe(`https://facet.example.org${path}`);
      expect(headers.get('x-request-id')).not.toBeNull();
    }
  });

  it('takes the host that the proxy was asked for, and nothing that is no host', async () => {
    const { headers } = await ask('GET', '/api/v1/results', { ...HTTP, 'X-Forwarded-Host': 'public.example.org' });
    expect(headers.get('location')).toBe('https://public.example.org/api/v1/results');
    for (const host of ['a/b', 'a@b', 'a b', '"><script>']) {
      const answer = await ask('GET', '/api/v1/results', { ...HTTP, 'X-Forwarded-Host': host });
      expect({ host, status: answer.status }).toEqual({ host, status: 400 });
    }
  });

  it.each(['POST', 'DELETE', 'PUT', 'OPTIONS'])('refuses %s over plain http', async (method) => {
    expectRefusal(await ask(method, '/api/v1/analyze', { ...HTTP, 'Content-Length': '0' }), 403, 'https_required');
  });

  it('always answers probes', async () => {
    for (const path of ['/health', '/health/live', '/health/ready']) {
      expect((await ask('GET', path, HTTP)).status).toBe(200);
      expect((await ask('GET', path, {})).status).toBe(200);
    }
  });

  it('answers over https, and asks browsers to stay there', async () => {
    const { status, headers } = await ask('GET', '/api/v1/results', HTTPS);
    expect(status).toBe(200);
    expect(headers.get('strict-transport-security')).toBe('max-age=31536000');
    expect((await ask('GET', '/api/v1/results', {})).headers.get('strict-transport-security')).toBeNull();
  });

  it('gives a cookie for https alone, and only on a page', async () => {
    const { status, headers } = await ask('GET', '/admin/queues', { ...HTTPS, Accept: 'text/html' });
    expect(status).toBe(403);
    const [pair, ...attributes] = headers.get('set-cookie')!.split('; ');
    expect(pair).toMatch(/^facet_form=[\w-]{43}$/);
    expect(attributes.sort()).toEqual(['HttpOnly', 'Path=/admin', 'SameSite=Lax', 'Secure']);
    for (const path of ['/admin/queues', '/api/v1/results', '/api/docs']) {
      expect((await ask('GET', path, HTTPS)).headers.get('set-cookie')).toBeNull();
    }
  });

  it('takes for an address only what is one', async () => {
    const cases = [
      ['nonsense', '127.0.0.1'],
      ["'; DROP TABLE", '127.0.0.1'],
      ['192.0.2.1, x', '127.0.0.1'],
      ['[2001:db8::1]:443', '2001:db8::1'],
      ['x, 192.0.2.1:4711', '192.0.2.1'],
      [',,', '127.0.0.1'],
    ] as const;
    for (const [index, [forwarded, address]] of cases.entries()) {
      const id = `forwarded-${index}`;
      const headers = { ...HTTPS, 'X-Forwarded-For': forwarded, 'X-Request-ID': id };
      const { status } = await ask('GET', '/api/v1/results', headers);
      const [line] = await eventually(
        () => Promise.resolve(behind.log.filter(({ request_id, msg }) => request_id === id && msg === 'request')),
        (lines) => lines.length > 0,
      );
      expect({ forwarded, status, address: line!.ip_address }).toEqual({ forwarded, status: 200, address });
    }
  });
});

it('believes nobody else who says that he came over https', async () => {
  const strict = await startFacet(ground, { ROLE: 'api', HTTPS_ONLY: 'true', TRUST_PROXY: '192.0.2.1' });
  const { status, headers } = await call(strict.url, '/health', { headers: { 'X-Forwarded-Proto': 'https' } });
  expect(status).toBe(200);
  expect(headers.get('strict-transport-security')).toBeNull();
  const head = requestHead('GET', '/api/v1/results', { 'X-Forwarded-Proto': 'https' });
  expect((await exchange(strict.url, head)).status).toBe(308);
  await strict.stop();
});
