import type { Type } from '@nestjs/common';
import { IsString } from 'class-validator';
import { OwnerQuery } from './owner-query.js';
import { PageQuery } from './paging.js';
import { UuidPipe, validationPipe } from './validation.js';

const ID = '01997b5e-7a3e-7c44-9a25-5b1c3a2a9f10';

describe('an id in capitals is the id as it is written here', () => {
  it('in a path', async () => {
    expect(await new UuidPipe().transform(ID.toUpperCase(), { type: 'param', data: 'id' })).toBe(ID);
  });

  it('in a query', async () => {
    const query = { type: 'query', metatype: OwnerQuery } as const;
    expect(await validationPipe().transform({ owner_id: ID.toUpperCase() }, query)).toEqual({ owner_id: ID });
  });
});

describe('a query without parameters', () => {
  class Required {
    @IsString()
    readonly q: string;
  }

  const judged = (metatype: Type, value: object = {}) => validation.transform(value, { type: 'query', metatype });
  const validation = validationPipe();

  it('has the defaults of its class, each in an object of its own', async () => {
    const [first, second] = [await judged(PageQuery), await judged(PageQuery)];
    expect(first).toBeInstanceOf(PageQuery);
    expect(first).toEqual({ page: 1, per_page: 20 });
    expect(second).toEqual(first);
    expect(second).not.toBe(first);
    expect(await judged(PageQuery, { page: '2' })).toEqual({ page: 2, per_page: 20 });
    await expect(judged(PageQuery, { page: '0' })).rejects.toMatchObject({ code: 'validation_failed' });
  });

  it('is refused every time by a class that asks for one', async () => {
    await expect(judged(Required)).rejects.toMatchObject({ code: 'validation_failed' });
    await expect(judged(Required)).rejects.toMatchObject({ code: 'validation_failed' });
    expect(await judged(Required, { q: 'a' })).toEqual({ q: 'a' });
    await expect(judged(Required)).rejects.toMatchObject({ code: 'validation_failed' });
  });
});
