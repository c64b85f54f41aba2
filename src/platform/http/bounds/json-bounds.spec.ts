import { checkJson, type JsonBounds } from './json-bounds.js';
import { parseJsonField } from './json-field.js';

const BOUNDS: JsonBounds = { depth: 3, values: 5, nameLength: 4 };

const refusalOf = (text: string): string | null => {
  try {
    checkJson(text, BOUNDS);
    return null;
  } catch (error) {
    expect(error).toMatchObject({ code: 'malformed_request', status: 400 });
    return (error as Error).message;
  }
};

it.each([
  '',
  'null',
  '"[[[[[[[["',
  '{"a":"{{{{{{{{,,,,,,,,"}',
  '[[[]]]',
  '[[],{}]',
  '{"a":[1,2,3]}',
  '{"name":1,"b":"a long value"}',
  '"\\"[[[[[["',
  '["\\\\",[[]]]',
  '{"a": "unfinished [[[[[',
  ']]]]]]',
])('takes %s', (text) => {
  expect(refusalOf(text)).toBeNull();
});

it.each([
  ['[[[[]]]]', /more than 3 levels/],
  ['{"a":{"b":{"c":{}}}}', /more than 3 levels/],
  ['[[[{"a":1}]]]', /more than 3 levels/],
  ['["\\\\",[[[]]]]', /more than 3 levels/],
  ['[[[[', /more than 3 levels/],
  ['[1,2,3,4,5,6]', /more than 5 values/],
  ['[[],[],[],[]]', /more than 5 values/],
  ['{"a":1,"b":2,"c":3,"d":4,"e":5,"f":6}', /more than 5 values/],
  ['{"names":1}', /name of more than 4 characters/],
  ['{"a":{"names" \r\n\t : 1}}', /name of more than 4 characters/],
  ['{"\\u0061":1}', /name of more than 4 characters/],
])('refuses %s', (text, reason) => {
  expect(refusalOf(text)).toMatch(reason);
});

it('counts the values of real JSON as they are', () => {
  const text = JSON.stringify({ a: Array.from({ length: 50 }, () => 'x,"[{') });
  const exactly = { depth: 2, values: 51, nameLength: 4 };
  expect(() => {
    checkJson(text, exactly);
  }).not.toThrow();
  expect(() => {
    checkJson(text, { ...exactly, values: 50 });
  }).toThrow(/50 values/);
});

describe('a field with JSON', () => {
  it('is an object, empty without a text', () => {
    expect(parseJsonField('options', ' ', BOUNDS)).toEqual({});
    expect(parseJsonField('options', '{"a":[1]}', BOUNDS)).toEqual({ a: [1] });
  });

  it.each(['{', '[]', '7', 'null', '"x"'])('is refused as %s', (text) => {
    expect(() => parseJsonField('options', text, BOUNDS)).toThrow('options: must be a JSON object');
  });

  it('is refused beyond the bounds before it is parsed', () => {
    const parse = jest.spyOn(JSON, 'parse');
    expect(() => parseJsonField('options', '{"a":[[[]]]}', BOUNDS)).toThrow(/levels/);
    expect(parse).not.toHaveBeenCalled();
    parse.mockRestore();
  });
});
