import { call } from '../support/client.js';
import type { Facet } from '../support/facet.js';

/** People who come in by the front door: they register and log in over HTTP. */

export const PASSWORD = 'the owl and the pussycat';

/** What anybody may send to the public account routes. */
export const ask = ({ url }: Facet, path: string, json: unknown, headers: Record<string, string> = {}) =>
  call(url, `/api/v1/auth/${path}`, { method: 'POST', as: null, json, headers });

export const register = (facet: Facet, username: string, changes: Record<string, unknown> = {}) =>
  ask(facet, 'register', { username, email: `${username}@example.org`, password: PASSWORD, ...changes });

export const logIn = (facet: Facet, username: string, password = PASSWORD) =>
  ask(facet, 'login', { email: `${username}@example.org`, password });

export const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });

export const me = ({ url }: Facet, token: string) => call(url, '/api/v1/auth/me', { headers: bearer(token) });

export interface Newcomer {
  readonly access_token: string;
  readonly refresh_token: string;
  readonly email: string;
}

let newcomers = 0;

/** Registers somebody new and logs them in. */
export async function comeIn(facet: Facet): Promise<Newcomer> {
  const username = `person-${newcomers++}`;
  expect((await register(facet, username)).status).toBe(201);
  const { status, body } = await logIn(facet, username);
  expect(status).toBe(200);
  return { ...body, email: `${username}@example.org` };
}

/** What a token says. */
export const payloadOf = (token: string) => JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString());

export const fieldsAtFault = (body: any): string[] =>
  body.error.details.fields.map(({ field }: { field: string }) => field);
