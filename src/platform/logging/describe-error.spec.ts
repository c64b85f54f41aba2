import { QueryFailedError } from 'typeorm';
import { describeError } from './describe-error.js';

/** As pg makes one of what PostgreSQL refuses. */
const refusal = (): Error =>
  Object.assign(new Error('duplicate key value violates unique constraint "users_by_email"'), {
    code: '23505',
    detail: 'Key (lower(email))=(ada@example.org) already exists.',
    where: 'hunter2',
  });

it('says what went wrong and where, and nothing of the statement and its parameters', () => {
  const error = new QueryFailedError('INSERT INTO users VALUES ($1)', ['hunter2', 'ada@example.org'], refusal());
  const said = describeError(error);
  expect(said).toEqual({
    type: 'QueryFailedError',
    message: 'duplicate key value violates unique constraint "users_by_email"',
    stack: expect.stringContaining('describe-error.spec'),
    code: '23505',
  });
  expect(JSON.stringify(said)).not.toMatch(/hunter2|ada@example|INSERT/);
});

it('does so for causes and for what several errors were gathered from, however they hang together', () => {
  const error = new AggregateError([refusal(), 'just a text'], 'all failed', { cause: refusal() });
  const said = describeError(error);
  expect(said).toMatchObject({
    type: 'AggregateError',
    message: 'all failed',
    cause: { code: '23505' },
    errors: [{ code: '23505' }, 'just a text'],
  });
  expect(JSON.stringify(said)).not.toMatch(/hunter2|ada@example/);

  const circular = new Error('around');
  circular.cause = circular;
  expect(JSON.stringify(describeError(circular)).match(/"around"/g)).toHaveLength(6);
});

it.each([
  [undefined, 'undefined'],
  ['a text', 'a text'],
  [7, '7'],
])('takes what is no error: %j', (thrown, said) => {
  expect(describeError(thrown)).toBe(said);
});
