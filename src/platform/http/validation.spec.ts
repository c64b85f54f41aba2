import { OwnerQuery } from './owner-query.js';
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
