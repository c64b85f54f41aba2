import { Transform, Type } from 'class-transformer';
import { IsArray, IsOptional, IsString, ValidateNested } from 'class-validator';
import { validationPipe } from '../validation.js';

/** How often class-transformer has come to a field. */
let transformed = 0;

const Counted = () =>
  Transform(({ value }: { value: unknown }) => {
    transformed += 1;
    return value;
  });

class Base {
  @IsOptional()
  @IsString()
  readonly inherited?: string;
}

class Inner {
  @Counted()
  @IsOptional()
  @IsString()
  readonly name?: string;

  @IsOptional()
  @ValidateNested()
  @Type(() => Inner)
  readonly again?: Inner;
}

class Outer extends Base {
  @Counted()
  @IsOptional()
  readonly free?: unknown;

  @IsOptional()
  @IsString({ each: true })
  readonly list?: string[];

  @IsOptional()
  @ValidateNested()
  @Type(() => Inner)
  readonly inner?: Inner;

  @IsOptional()
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => Inner)
  readonly inners?: Inner[];
}

beforeEach(() => {
  transformed = 0;
});

const judge = (value: unknown, type: 'body' | 'query' = 'body'): Promise<unknown> =>
  validationPipe().transform(value, { type, metatype: Outer });

const fieldsOf = async (judged: Promise<unknown>): Promise<string[]> => {
  const { details } = (await judged.catch((error: unknown) => error)) as {
    details: { fields: { field: string; message: string }[] };
  };
  return details.fields.map(({ field, message }) => `${field}: ${message}`);
};

it('takes what a class has places for, inherited and nested', async () => {
  const value = { inherited: 'a', free: { any: [1] }, inner: { again: { name: 'b' } }, inners: [{ name: 'c' }] };
  expect(await judge(value)).toEqual(value);
  expect(await judge(null)).toEqual({});
  expect(await judge(undefined)).toEqual({});
  expect(transformed).toBeGreaterThan(0);
});

it.each([
  [{ free: 1, other: 1 }, ['other: is not a parameter of this route']],
  [{ inner: { name: 'a', other: 1 } }, ['inner.other: is not a parameter of this route']],
  [{ inner: { again: { again: { x: 1 } } } }, ['inner.again.again.x: is not a parameter of this route']],
  [{ inners: [{ name: 'a' }, { y: 1 }] }, ['inners.1.y: is not a parameter of this route']],
  [{ inner: [{ name: 'a' }] }, ['inner: must be an object']],
  [{ free: 1, inherited: { any: 1 } }, ['inherited: must not be an object']],
  [{ inner: { name: [{ any: 1 }] } }, ['inner.name: must not be an object']],
  [{ inners: [[{ name: 'a' }]] }, ['inners.0: must be an object']],
  [
    { toString: 1, constructor: 2 },
    ['toString: is not a parameter of this route', 'constructor: is not a parameter of this route'],
  ],
  [JSON.parse('{"__proto__":{}}'), ['__proto__: is not a parameter of this route']],
  [[{ free: 1 }], ['body: must be an object']],
  ['text', ['body: must be an object']],
  [7, ['body: must be an object']],
])('refuses %j before class-transformer sees it', async (value, faults) => {
  expect(await fieldsOf(judge(value))).toEqual(faults);
  expect(transformed).toBe(0);
});

it('refuses what is no object where an object belongs as class-validator does', async () => {
  expect(await fieldsOf(judge({ inner: 'text' }))).toEqual([expect.stringMatching(/^inner: .*object/)]);
});

it('refuses a parameter that a query has twice, though not a list', async () => {
  expect(await fieldsOf(judge({ inherited: ['a', 'b'] }, 'query'))).toEqual(['inherited: must be given once']);
  expect(await judge({ list: ['a', 'b'] }, 'query')).toEqual({ list: ['a', 'b'] });
});

it('names 20 of very many unknown fields', async () => {
  const value = Object.fromEntries(Array.from({ length: 1500 }, (_, index) => [`k${index}`, 1]));
  await expect(judge(value)).rejects.toMatchObject({ details: { more: 1480 } });
  expect(transformed).toBe(0);
});
