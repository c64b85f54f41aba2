import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildGround, type Ground, startFacet } from '../support/facet.js';

const MAIN = join(__dirname, '../../dist/main.js');

interface Ending {
  readonly code: number | null;
  readonly output: string;
}

/** Runs `dist/main.js` with these variables until it ends by itself. */
const run = (variables: Record<string, string>): Promise<Ending> =>
  new Promise((resolve) => {
    const options = { env: { PATH: process.env.PATH, ...variables }, cwd: tmpdir(), timeout: 20_000 };
    const child = execFile(process.execPath, [MAIN], options, (_error, stdout, stderr) => {
      resolve({ code: child.exitCode, output: stdout + stderr });
    });
  });

it('prints every fault at once, repeats no secret, and ends with 1', async () => {
  const { code, output } = await run({ PORT: 'http', MAX_WORKERS: '0', DATABASE_URL: 'mysql://me:hunter2@db/facet' });
  expect(code).toBe(1);
  for (const name of ['PORT', 'MAX_WORKERS', 'DATABASE_URL']) expect(output).toMatch(new RegExp(`^  ${name}: `, 'm'));
  expect(output).not.toMatch(/hunter2|at .*:\d+:\d+/);
});

it('does not start in production without secrets and databases of its own', async () => {
  const { code, output } = await run({ NODE_ENV: 'production' });
  expect(code).toBe(1);
  for (const name of ['SECRET_KEY', 'DATABASE_URL', 'REDIS_URL']) expect(output).toContain(`${name}: it is missing`);
});

describe('with databases', () => {
  let ground: Ground;

  beforeAll(async () => {
    ground = await buildGround();
  });

  afterAll(() => ground.remove());

  it('starts in production with secrets and databases', async () => {
    const facet = await startFacet(ground, { NODE_ENV: 'production', SECRET_KEY: 'x'.repeat(32) });
    expect((await fetch(`${facet.url}/health/ready`)).status).toBe(200);
    expect(await facet.stop()).toBe(0);
  });

  it('does not start on a schema that is not up to date, and says what to type', async () => {
    await ground.database.query('DELETE FROM migrations');
    const { DATABASE_URL, REDIS_URL } = { DATABASE_URL: ground.databaseUrl, REDIS_URL: ground.redisUrl };
    const { code, output } = await run({ DATABASE_URL, REDIS_URL, DATA_DIR: ground.dataDirectory, PORT: '0' });
    expect(code).toBe(1);
    expect(output).toContain('npm run migrate');
  });
});
