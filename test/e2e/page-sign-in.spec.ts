import { hash } from '@node-rs/argon2';
import { v7 as uuid } from 'uuid';
import { buildPerson, type Person } from '../support/accounts.js';
import { Browser } from '../support/browser.js';
import { call } from '../support/client.js';
import { buildGround, type Facet, type Ground, startFacet } from '../support/facet.js';
import { expectRefusal } from './traces.js';

const PASSWORD = 'the owl and the pussycat';
const BOARD = '/admin/queues';

let ground: Ground;
let facet: Facet;
let root: Person;

beforeAll(async () => {
  ground = await buildGround();
  facet = await startFacet(ground, { ROLE: 'api' });
  root = await buildPerson(ground.database, 'root', 'admin');
});

afterAll(async () => {
  await facet.stop();
  await ground.remove();
});

/** Somebody new who can log in, as an administrator unless it is said otherwise. */
async function buildAccount(role: Person['role'] = 'admin'): Promise<Person> {
  const person = await buildPerson(ground.database, uuid(), role);
  const password = await hash(PASSWORD, { memoryCost: 1024, timeCost: 1 });
  await ground.database.query('UPDATE users SET password_hash = $2 WHERE id = $1', [person.id, password]);
  return person;
}

const tokenIn = (page: string): string => /name="form_token"[^>]*value="([^"]+)"/.exec(page)?.[1] ?? '';

/** A browser on the sign-in page, and what its form holds. */
async function openForm(): Promise<{ browser: Browser; form_token: string }> {
  const browser = new Browser(facet.url);
  const page = await browser.get(BOARD);
  expect(page.status).toBe(401);
  return { browser, form_token: tokenIn(page.body) };
}

async function signIn(person: Person): Promise<Browser> {
  const { browser, form_token } = await openForm();
  const { email } = person;
  expect((await browser.submit('/admin/session', { email, password: PASSWORD, form_token })).status).toBe(303);
  return browser;
}

describe('a browser', () => {
  it('signs in, looks, and signs out', async () => {
    const person = await buildAccount();
    const { browser, form_token } = await openForm();
    const form = { email: person.email.toUpperCase(), password: PASSWORD, form_token };
    const inside = await browser.submit('/admin/session', form);
    expect({ status: inside.status, to: inside.headers.get('location') }).toEqual({ status: 303, to: BOARD });
    const cookie = inside.headers.getSetCookie().find((line) => line.startsWith('facet_session='));
    const [pair, ...attributes] = cookie!.split('; ');
    expect(pair).toMatch(/^facet_session=[\w.-]+$/);
    expect(attributes.sort()).toEqual(['HttpOnly', 'Max-Age=28800', 'Path=/admin', 'SameSite=Lax']);

    const board = await browser.get(BOARD);
    expect(board.status).toBe(200);
    expect(board.body).toContain('<table');
    const held = browser.cookies.get('facet_session')!;

    const end = { form_token: tokenIn(board.body) };
    const out = await browser.submit('/admin/session/end', end, { 'Sec-Fetch-Site': 'same-origin' });
    expect({ status: out.status, to: out.headers.get('location') }).toEqual({ status: 303, to: BOARD });
    expect(browser.cookies.has('facet_session')).toBe(false);
    expect((await browser.get(BOARD)).status).toBe(401);
    // Not only forgotten: whoever has kept it gets in no more.
    browser.cookies.set('facet_session', held);
    expect((await browser.get(BOARD)).status).toBe(401);
    const { rows } = await ground.database.query(
      'SELECT action FROM audit_log WHERE subject = $1 ORDER BY created_at, id',
      [`user:${person.id}`],
    );
    expect(rows.map(({ action }) => action)).toEqual(['user.logged_in', 'user.logged_out']);
  });

  it('is told nothing but that it has to sign in', async () => {
    const { status, headers, body } = await new Browser(facet.url).get(BOARD);
    expect(status).toBe(401);
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(body).toContain('type="password"');
    expect(body).not.toContain('role="alert"');
    expect(body).not.toContain('<table');
  });

  it('does not get in with a wrong password, nor without an account, and is told the same', async () => {
    const { email } = await buildAccount();
    const tries = [
      { email, password: 'a wrong password' },
      { email: 'nobody@example.org', password: PASSWORD },
    ];
    for (const form of tries) {
      const { browser, form_token } = await openForm();
      const { status, body, headers } = await browser.submit('/admin/session', { ...form, form_token });
      expect(status).toBe(401);
      expect(body).toContain('The e-mail address or password is wrong.');
      expect(headers.getSetCookie()).toEqual([]);
      expect((await browser.get(BOARD)).status).toBe(401);
    }
  });

  it('does not get in as a user, and leaves no session', async () => {
    const { email, id } = await buildAccount('user');
    const { browser, form_token } = await openForm();
    const { status, body } = await browser.submit('/admin/session', { email, password: PASSWORD, form_token });
    expect(status).toBe(403);
    expect(body).toContain('for administrators only');
    expect(browser.cookies.has('facet_session')).toBe(false);
    const { rows } = await ground.database.query(
      `SELECT (SELECT count(*)::int FROM sessions WHERE user_id = $1) AS sessions,
              (SELECT string_agg(action, ' ') FROM audit_log WHERE subject = 'user:' || $1::text) AS actions`,
      [id],
    );
    // The one session is that of the person's own token.
    expect(rows).toEqual([{ sessions: 1, actions: 'user.page_refused' }]);
  });

  it('is locked out like everybody who guesses, and guesses here count there', async () => {
    const { email } = await buildAccount();
    const { browser, form_token } = await openForm();
    const guess = () => browser.submit('/admin/session', { email, password: 'a wrong password', form_token });
    for (let count = 0; count < 5; count++) expect((await guess()).status).toBe(401);
    const locked = await guess();
    expect(locked.status).toBe(429);
    expect(Number(locked.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(locked.body).toContain('role="alert"');
    const json = { email, password: PASSWORD };
    const elsewhere = await call(facet.url, '/api/v1/auth/login', { method: 'POST', as: null, json });
    expectRefusal(elsewhere, 429, 'login_locked');
  });

  it('is told when a form is not filled in as it has to be', async () => {
    const { browser, form_token } = await openForm();
    const extra = { email: 'a@b.org', password: 'x', form_token, role: 'admin' };
    expect((await browser.submit('/admin/session', { email: 'x'.repeat(101), password: 'x', form_token })).status).toBe(
      422,
    );
    expect((await browser.submit('/admin/session', extra)).status).toBe(422);
    expectRefusal(
      await call(facet.url, '/admin/session', { method: 'POST', as: null, json: { email: 'a@b.org' } }),
      422,
      'validation_failed',
    );
  });

  it.each([
    ['another site', { Origin: 'https://evil.example' }],
    ['another port', { Origin: 'http://127.0.0.1:1' }],
    ['nowhere', { Origin: 'null' }],
    ['another site, as the browser says', { 'Sec-Fetch-Site': 'cross-site' }],
    ['a site beside this one', { 'Sec-Fetch-Site': 'same-site' }],
    ['a bookmark', { 'Sec-Fetch-Site': 'none' }],
  ])('sends no form from %s', async (_where, headers) => {
    const person = await buildAccount();
    const { browser, form_token } = await openForm();
    const form = { email: person.email, password: PASSWORD, form_token };
    const refused = await browser.submit('/admin/session', form, headers);
    expect(refused.status).toBe(403);
    expect(refused.body).toContain('load the page again');
    expect(browser.cookies.has('facet_session')).toBe(false);

    const inside = await signIn(person);
    const token = tokenIn((await inside.get(BOARD)).body);
    expect((await inside.submit('/admin/session/end', { form_token: token }, headers)).status).toBe(403);
    expect((await inside.get(BOARD)).status).toBe(200);
  });

  it('sends no form with the token of another browser, or of before it signed in', async () => {
    const person = await buildAccount();
    const form = { email: person.email, password: PASSWORD };
    const other = await openForm();
    const { browser, form_token } = await openForm();
    for (const token of [other.form_token, '', `${form_token}x`]) {
      expect((await browser.submit('/admin/session', { ...form, form_token: token })).status).toBe(403);
    }
    browser.cookies.delete('facet_form');
    expect((await browser.submit('/admin/session', { ...form, form_token })).status).toBe(403);

    const inside = await signIn(person);
    const before = await openForm();
    inside.cookies.set('facet_form', before.browser.cookies.get('facet_form')!);
    expect((await inside.submit('/admin/session/end', { form_token: before.form_token })).status).toBe(403);
    expect((await inside.get(BOARD)).status).toBe(200);
  });

  it('gets from its cookie what is on pages, and nothing of the API', async () => {
    const inside = await signIn(await buildAccount());
    const token = inside.cookies.get('facet_session')!;
    for (const path of ['/api/v1/auth/me', '/api/v1/admin/users', '/api/v1/results', '/api/v1/admin/audit-log']) {
      expect((await inside.get(path)).status).toBe(401);
      const headers = { Authorization: `Bearer ${token}` };
      expectRefusal(await call(facet.url, path, { as: null, headers }), 401, 'unauthenticated');
    }
    // Nor is a token of the API good for a cookie.
    inside.cookies.set('facet_session', root.token);
    expect((await inside.get(BOARD)).status).toBe(401);
  });

  it.each([
    ['is disabled', (id: string) => change(id, { disabled: true })],
    ['is no administrator any more', (id: string) => change(id, { role: 'user' })],
  ])('is out at once when its user %s', async (_what, act) => {
    const person = await buildAccount();
    const inside = await signIn(person);
    expect((await inside.get(BOARD)).status).toBe(200);
    expect((await act(person.id)).status).toBe(200);
    expect((await inside.get(BOARD)).status).toBe(401);
  });

  it('is out at once when the password is changed', async () => {
    const person = await buildAccount();
    const inside = await signIn(person);
    const json = { current_password: PASSWORD, new_password: `${PASSWORD} too` };
    const changed = await call(facet.url, '/api/v1/auth/change-password', { method: 'POST', as: person, json });
    expect(changed.status).toBe(204);
    expect((await inside.get(BOARD)).status).toBe(401);
  });

  const change = (id: string, json: object) =>
    call(facet.url, `/api/v1/admin/users/${id}`, { method: 'PATCH', as: root, json });

  it('runs and loads nothing but files of this host', async () => {
    const inside = await signIn(await buildAccount());
    for (const page of [await inside.get(BOARD), await new Browser(facet.url).get(BOARD)]) {
      const policy = page.headers.get('content-security-policy')!;
      const sources = Object.fromEntries(policy.split(';').map((line) => line.trim().split(/ (.*)/)));
      expect(sources).toEqual({
        'default-src': "'none'",
        'script-src': "'self'",
        'style-src': "'self'",
        'connect-src': "'self'",
        'base-uri': "'none'",
        'form-action': "'self'",
        'frame-ancestors': "'none'",
      });
      const html: string = page.body;
      expect(html).not.toMatch(/<style|\sstyle=|\son[a-z]+=|javascript:/i);
      for (const [, inline] of html.matchAll(/<script\b[^>]*>(.*?)<\/script>/gs)) expect(inline).toBe('');
      const files = [...html.matchAll(/<(?:script|link)\b[^>]*\b(?:src|href)="([^"]+)"/g)].map(([, path]) => path!);
      expect(files).toContain('/admin/assets/pages.css');
      for (const path of files) {
        const file = await fetch(new URL(path, facet.url));
        expect(file.status).toBe(200);
        expect(file.headers.get('content-type')).toMatch(path.endsWith('.css') ? /^text\/css/ : /^text\/javascript/);
      }
    }
    expectRefusal(await call(facet.url, '/admin/assets/nothing.js', { as: null }), 404, 'route_not_found');
  });
});
