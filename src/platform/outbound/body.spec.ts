import { Collected } from './body.js';

it.each([1, 2, 999, 1000, 1001, 2500])('keeps %d pieces as they came', (pieces) => {
  const kept = new Collected();
  for (let piece = 0; piece < pieces; piece += 1) kept.write(Buffer.from([piece % 251]));
  expect(kept.bytes).toEqual(Buffer.from(Array.from({ length: pieces }, (_piece, index) => index % 251)));
});
