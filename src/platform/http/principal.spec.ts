import { clientOf } from './principal.js';

it.each([
  ['192.0.2.7', '192.0.2.7'],
  ['2001:db8::1', '2001:db8::1'],
  ['fe80::1%eth0', 'fe80::1'],
  [undefined, '::'],
])('keeps of the address %s what PostgreSQL takes for one', (ip, ipAddress) => {
  expect(clientOf({ id: 'r', ip, headers: {} })).toEqual({ requestId: 'r', ipAddress, userAgent: null });
});
