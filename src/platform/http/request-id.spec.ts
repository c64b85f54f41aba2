import { requestId } from './request-id.js';

const idFor = (given: unknown) => requestId({ headers: { 'x-request-id': given as string } });

it.each(['a', 'A.b_c-9', 'x'.repeat(128)])('takes %s', (given) => {
  expect(idFor(given)).toBe(given);
});

it.each([undefined, '', 'a b', 'a\nb', 'a,b', 'ü', 'x'.repeat(129), ['a', 'b']])('makes a new one for %j', (given) => {
  expect(idFor(given)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-/);
  expect(idFor(given)).not.toBe(idFor(given));
});
