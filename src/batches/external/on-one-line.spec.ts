import { onOneLine } from './on-one-line.js';

it.each([
  ['{"a":[1,2]}', '{"a":[1,2]}'],
  ['\r\n{ "text" :\t"a  b" ,\n"of" : [ 1 , -2.50e+3 ] }\n', '{"text":"a  b","of":[1,-2.50e+3]}'],
  ['{ "say": "\\"hello\\" \\\\", "x": "" }', '{"say":"\\"hello\\" \\\\","x":""}'],
  ['{ "id": 9007199254740993, "mass": 1e400, "a": 1, "a": 2 }', '{"id":9007199254740993,"mass":1e400,"a":1,"a":2}'],
])('%j becomes %j', (json, line) => {
  expect(onOneLine(json)).toBe(line);
});

it('is done with four million escaped quotes', () => {
  const text = JSON.stringify({ text: '" \\'.repeat(500_000) });
  expect(onOneLine(text.replace(':', ' : '))).toBe(text);
});
