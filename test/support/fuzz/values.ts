import fc from 'fast-check';
import { type Document, resolve, type Schema } from './document.js';

/** Ids of rows that there are, and of none. */
export type Ids = readonly string[];

const TIMES = ['2026-01-01T00:00:00Z', '2026-02-01', '0001-01-01', '9999-12-31', '9999-12-31T23:59:59.999999-23:59'];

/** Texts that have troubled parsers, databases, shells and pages. */
const TEXTS = [
  '',
  ' ',
  '\0',
  '\ud800',
  'ảnh 😀',
  '\u202eexe.gnp',
  '__proto__',
  'constructor',
  'null',
  'undefined',
  'NaN',
  '-1',
  '0',
  '1e309',
  '0x10',
  '9007199254740993',
  '99999999999999999999',
  `' OR 1=1; --`,
  '"><script>',
  '../../etc/passwd',
  '%00',
  '%ff',
  '%s%n',
  '$1',
  '{}',
  '[]',
  'a,b',
  '01997b5e-0000-7000-8000-00000000000',
  '01997B5E-0000-7000-8000-0000000FFFFF',
  '2025-02-30',
  '2016-12-31T23:59:60Z',
  '10000-01-01',
  'x'.repeat(101),
  'x'.repeat(3_000),
];

export const hostileText: fc.Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...TEXTS) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
);

/** Anything that JSON can say, and not only what fits a schema. */
export const anyJson: fc.Arbitrary<unknown> = fc.oneof(
  hostileText,
  fc.constantFrom(null, true, false, 0, -1, 1.5, 1e308, Number.MAX_SAFE_INTEGER, [], {}, [[]], [null], { a: {} }),
  fc.jsonValue({ maxDepth: 5 }),
);

/** A value that fits a schema, as far as the schema says. */
export function valid(document: Document, unresolved: Schema, ids: Ids): fc.Arbitrary<unknown> {
  const schema = resolve(document, unresolved);
  const fitting = fits(document, schema, ids);
  return schema.nullable ? fc.oneof({ weight: 4, arbitrary: fitting }, fc.constant(null)) : fitting;
}

function fits(document: Document, schema: Schema, ids: Ids): fc.Arbitrary<unknown> {
  const { type, format, example, minimum = 0, maximum = 1_000_000, minLength = 0, maxLength = 30, items } = schema;
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if (type === 'boolean') return fc.boolean();
  if (type === 'integer') return fc.integer({ min: minimum, max: maximum });
  if (type === 'number') return fc.oneof(fc.integer({ min: minimum, max: maximum }), fc.constant(minimum));
  if (type === 'array') return fc.array(valid(document, items ?? {}, ids), { maxLength: 4 });
  if (type === 'object' || schema.properties) return object(document, schema, ids);
  if (format === 'uuid') return fc.constantFrom(...ids);
  if (format === 'date-time' || isTime(example)) return fc.constantFrom(...TIMES);
  const text = fc.string({ minLength, maxLength: Math.min(maxLength, 200) });
  return example === undefined ? text : fc.oneof({ weight: 3, arbitrary: fc.constant(example) }, text);
}

const isTime = (example: unknown): boolean => typeof example === 'string' && /^\d{4}-\d\d-\d\d/.test(example);

/** Optional properties are there or not. */
function object(document: Document, { properties = {}, required = [] }: Schema, ids: Ids): fc.Arbitrary<unknown> {
  const fields = Object.entries(properties).map(([name, schema]) => [name, valid(document, schema, ids)] as const);
  return fc.record(Object.fromEntries(fields), {
    requiredKeys: required.filter((name) => name in properties),
    noNullPrototype: true,
  });
}
