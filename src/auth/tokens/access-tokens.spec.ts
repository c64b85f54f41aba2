import jwt from 'jsonwebtoken';
import { AccessTokens } from './access-tokens.js';
import { KeyRing } from './key-ring.js';

const CLAIMS = {
  userId: '01997b5e-7a3e-7c44-9a25-5b1c3a2a9f10',
  sessionId: '01997b5e-7a3e-7c44-9a25-5b1c3a2a9f11',
};
const START = Date.parse('2026-03-01T12:00:00Z');

const ring = new KeyRing('a secret of at least thirty-two letters', ['another secret of thirty-two letters or more']);

let tokens: AccessTokens;

beforeEach(() => {
  jest.useFakeTimers({ now: START });
  tokens = new AccessTokens(ring);
});

afterEach(() => {
  jest.useRealTimers();
});

const issued = () => tokens.issue({ ...CLAIMS, role: 'user' }, 'api');

it('takes a token until it expires, however often it has been seen', () => {
  const token = issued();
  expect(tokens.read(token, 'api')).toEqual(CLAIMS);
  expect(tokens.read(token, 'api')).toEqual(CLAIMS);
  jest.setSystemTime(START + 899_999);
  expect(tokens.read(token, 'api')).toEqual(CLAIMS);
  jest.setSystemTime(START + 900_000);
  expect(tokens.read(token, 'api')).toBe('expired');
  expect(tokens.read(token, 'api')).toBe('expired');
});

it('takes no token for another use, also when it has been seen', () => {
  const token = issued();
  expect(tokens.read(token, 'api')).toEqual(CLAIMS);
  expect(tokens.read(token, 'pages')).toBeNull();
});

it('takes nothing that differs from a token that has been seen', () => {
  const token = issued();
  expect(tokens.read(token, 'api')).toEqual(CLAIMS);
  const [header = '', payload = '', signature = ''] = token.split('.');
  const other = Buffer.from(JSON.stringify({ ...jwt.decode(token, { json: true }), sub: CLAIMS.sessionId }));
  for (const forged of [
    `${header}.${other.toString('base64url')}.${signature}`,
    `${header}.${payload}.${'A'.repeat(signature.length)}`,
    `${header}.${payload}.`,
    `${header}.${payload}`,
    '',
  ]) {
    expect(tokens.read(forged, 'api')).toBeNull();
  }
});

it('takes tokens of the secret before, and none without an expiry', () => {
  const [, before] = ring.all;
  const signed = (payload: object) =>
    jwt.sign(payload, before!.key, { keyid: before!.kid, issuer: 'facet', audience: 'facet', subject: CLAIMS.userId });
  const exp = START / 1000 + 60;
  expect(tokens.read(signed({ sid: CLAIMS.sessionId, exp }), 'api')).toEqual(CLAIMS);
  expect(tokens.read(signed({ sid: CLAIMS.sessionId }), 'api')).toBeNull();
  expect(tokens.read(signed({ sid: 'not an id', exp }), 'api')).toBeNull();
});
