import { unknownAddressSubject } from './unknown-address.js';
import { KeyRing } from './tokens/key-ring.js';

it('knows a stranger again without keeping the address', () => {
  const ring = new KeyRing('x'.repeat(32), []);
  const stranger = unknownAddressSubject(ring, 'Hunter2@Example.org ');
  // The same for ever under one SECRET_KEY: the log cannot be written anew.
  expect(stranger).toBe('email:zFGaH7CakrhSMEX-d6IjST');
  expect(stranger).toBe(unknownAddressSubject(ring, 'hunter2@example.org'));
  expect(stranger).not.toBe(unknownAddressSubject(ring, 'hunter3@example.org'));
  expect(stranger).not.toBe(unknownAddressSubject(new KeyRing('y'.repeat(32), []), 'hunter2@example.org'));
});
