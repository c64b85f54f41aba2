import { firstThatFit, validationFailed } from './errors.js';
import { errorBody } from './http/error-filter.js';
import { FacetError } from './errors.js';

const MAX_REFUSAL_BYTES = 8192;

const ID = 'x'.repeat(128);

const bytesOf = (error: FacetError) => Buffer.byteLength(JSON.stringify(errorBody(error, ID)));

describe('a refusal of fields', () => {
  it('names each of a few', () => {
    const fields = [
      { field: 'page', message: 'must be at least 1' },
      { field: 'q', message: 'must be a text' },
    ];
    const error = validationFailed(fields);
    expect(error.details).toEqual({ fields });
    expect(error.message).toBe('page: must be at least 1; q: must be a text');
  });

  it('names 20 at most and counts the others', () => {
    const fields = Array.from({ length: 21 }, (_, index) => ({ field: `f${index}`, message: 'is wrong' }));
    const { message, details } = validationFailed(fields);
    expect(details).toEqual({ fields: fields.slice(0, 20), more: 1 });
    expect(message).toMatch(/^f0: is wrong; f1.*f19: is wrong; and 1 more$/);
  });

  it.each([
    ['long', 'x'.repeat(10_000)],
    ['of escapes', '\u0001'.repeat(10_000)],
    ['of halves of characters', '\ud83d'.repeat(10_000)],
    ['of wide characters', '写'.repeat(10_000)],
  ])('is short though the names are %s', (_, name) => {
    const many = Array.from({ length: 1000 }, (_, index) => ({ field: `${index}${name}`, message: 'is wrong' }));
    const error = validationFailed(many);
    const { fields, more } = error.details as { fields: { field: string }[]; more: number };
    expect(fields.length + more).toBe(1000);
    expect(fields.length).toBeGreaterThan(0);
    expect(fields[0]!.field.length).toBeLessThanOrEqual(100);
    expect(bytesOf(error)).toBeLessThanOrEqual(MAX_REFUSAL_BYTES);
    expect(bytesOf(validationFailed([{ field: name, message: name }]))).toBeLessThanOrEqual(MAX_REFUSAL_BYTES);
  });
});

it('takes as many items as fit, and one at least', () => {
  expect(firstThatFit(['a', 'b', 'c'], 8)).toEqual(['a', 'b']);
  expect(firstThatFit(['a', 'b'], 100)).toEqual(['a', 'b']);
  expect(firstThatFit(['x'.repeat(50), 'b'], 8)).toEqual(['x'.repeat(50)]);
  expect(firstThatFit([], 8)).toEqual([]);
});

it('sends a refusal that is long without its details', () => {
  const long = new FacetError('any', 422, '\u0001'.repeat(9000), { text: 'x'.repeat(9000) });
  expect(errorBody(long, ID).error.details).toBeNull();
  expect(bytesOf(long)).toBeLessThanOrEqual(MAX_REFUSAL_BYTES);
});
