import { repeatedKeys } from './repeated-keys.js';

it.each([
  ['{"a":1,"b":2,"a":3}', ['a']],
  ['{"a":{"b":1,"b":2},"b":[{"a":1},{"a":1}]}', ['b']],
  ['{"a":"\\"b\\":1","b":"a","c":["a","a"]}', []],
  ['{"\\u0061":1,"a" : 2}', ['a']],
  ['{}', []],
])('of %s', (json, keys) => {
  expect(repeatedKeys(json)).toEqual(keys);
});
