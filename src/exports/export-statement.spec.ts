import { Pool } from 'pg';
import { ExportStatement } from './export-statement.js';

let pool: Pool;

beforeAll(() => {
  pool = new Pool({ connectionString: process.env.TEST_DATABASE_URL });
});

afterAll(() => pool.end());

async function textOf(statement: ExportStatement): Promise<string> {
  let text = '';
  for await (const lines of statement.rows) text += lines.toString();
  await statement.end();
  return text;
}

it('is begun before it has a row', async () => {
  const statement = await ExportStatement.begin(pool, 'COPY (SELECT n FROM generate_series(1, 3) AS n) TO STDOUT');
  expect(await textOf(statement)).toBe('1\n2\n3\n');
  expect(await textOf(await ExportStatement.begin(pool, 'COPY (SELECT 1 WHERE false) TO STDOUT'))).toBe('');
});

it.each([
  `COPY (SELECT timestamptz '+010000-01-01T00:00:00.000Z') TO STDOUT`,
  'COPY (SELECT nothing FROM nowhere) TO STDOUT',
  'COPY (SELECT',
])('is not begun when PostgreSQL refuses it: %s', async (sql) => {
  await expect(ExportStatement.begin(pool, sql)).rejects.toThrow();
  expect(pool.totalCount - pool.idleCount).toBe(0);
});

it('tells its reader what fails on the way', async () => {
  const sql = 'COPY (SELECT 1 / (3 - n) FROM generate_series(1, 3) AS n) TO STDOUT';
  const statement = await ExportStatement.begin(pool, sql);
  await expect(textOf(statement)).rejects.toThrow('division by zero');
  await statement.end();
});
