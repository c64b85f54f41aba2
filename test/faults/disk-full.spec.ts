import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage, request } from 'node:http';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { analyze, type Answer, call, ended, send, signedIn } from '../support/client.js';
import { submit } from '../support/batches/submit.js';
import { buildGround, eventually, type Facet, type Ground, startFacet } from '../support/facet.js';
import { solid } from '../support/media/images.js';
import { buildLimitedFolder, buildSmallDisk, type SmallDisk } from '../support/small-disk.js';
import { countRows, expectRefusal, filesOf } from '../e2e/traces.js';
import { film, pacedFfmpeg, scenesAlone } from './videos.js';

jest.setTimeout(180_000);

let ground: Ground;
let disk: SmallDisk;
let picture: Buffer;
const started: Facet[] = [];

beforeEach(async () => {
  picture = await solid(40, 30, '#336699').png().toBuffer();
  ground = await buildGround();
  useDisk(buildSmallDisk(24));
});

afterEach(async () => {
  for (const facet of started.splice(0)) {
    facet.kill('SIGKILL');
    if (facet.process.exitCode === null && facet.process.signalCode === null) await once(facet.process, 'exit');
  }
  disk.remove();
  await ground.remove();
});

const useDisk = (used: SmallDisk): void => {
  disk = used;
};

const start = async (variables: Record<string, string> = {}): Promise<Facet> => {
  const facet = await startFacet(ground, { DATA_DIR: disk.directory, MIN_FREE_SPACE: '0', ...variables });
  started.push(facet);
  return facet;
};

const fill = (): void => {
  disk.fill(...started.map(({ process }) => process.pid));
};
const makeRoom = (): void => {
  disk.makeRoom(...started.map(({ process }) => process.pid));
};

const readiness = (facet: Facet, status: number): Promise<Answer> =>
  eventually(
    () => call(facet.url, '/health/ready'),
    (answer) => answer.status === status,
  );

const filesLeft = (): Promise<string[]> => filesOf({ ...ground, dataDirectory: disk.directory });

const rowOf = async (id: string) =>
  (await ground.database.query('SELECT status, attempts, crashes FROM analyses WHERE id = $1', [id])).rows[0];

/** Sends bytes of a form whose length is not told beforehand. */
async function sendChunked(facet: Facet, content: Buffer): Promise<{ status: number; body: any }> {
  const head = '--x\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n';
  const sending = request(`${facet.url}/api/v1/analyze`, {
    method: 'POST',
    headers: { ...signedIn(), 'Content-Type': 'multipart/form-data; boundary=x' },
  });
  sending.on('error', () => undefined);
  sending.write(head);
  sending.write(content);
  sending.end('\r\n--x--\r\n');
  const [answer] = (await once(sending, 'response')) as [IncomingMessage];
  let text = '';
  for await (const chunk of answer) text += String(chunk);
  return { status: answer.statusCode ?? 0, body: JSON.parse(text) };
}

const story = (): void => {
  it('refuses uploads, keeps nothing of them, says why it is not ready, and goes on when there is room', async () => {
    const facet = await start({ ROLE: 'api' });
    expect((await send(facet.url, picture)).status).toBe(202);
    const before = await filesLeft();
    fill();

    for (let upload = 0; upload < 3; upload++) {
      const refused = await send(facet.url, picture);
      expectRefusal(refused, 507, 'storage_full');
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    }
    expect(await sendChunked(facet, Buffer.alloc(300_000, 'word '))).toMatchObject({
      status: 507,
      body: { error: { code: 'storage_full' } },
    });
    expect((await filesLeft()).filter((file) => !file.includes('ballast'))).toEqual(before);
    expect(await countRows(ground)).toBe(1);
    expect((await readiness(facet, 503)).body.error).toEqual({
      storage: { status: 'down', message: 'The disk is full, or a quota is used up.' },
    });
    expect((await call(facet.url, '/health/live')).status).toBe(200);
    expect((await call(facet.url, '/api/v1/results')).body.total).toBe(1);
    expect((await call(facet.url, '/api/v1/results/export?format=xlsx')).status).toBe(200);

    makeRoom();
    await readiness(facet, 200);
    expect((await send(facet.url, picture)).status).toBe(202);
  });

  it('hands running analyses back, begins no others, counts no crash, and ends them when there is room', async () => {
    const tools = await mkdtemp(join(tmpdir(), 'facet-tools-'));
    const facet = await start({ FFMPEG_PATH: await pacedFfmpeg(tools, 6), MAX_WORKERS: '2' });
    const { body: running } = await send(facet.url, await film(), scenesAlone);
    await eventually(
      () => call(facet.url, `/api/v1/progress/${running.analysis_id}`),
      ({ body }) => body.progress >= 6,
    );
    fill();
    await eventually(
      async () => Promise.resolve(facet.log),
      (log) => log.some(({ msg }) => msg === 'Attempt 1 ends: waiting'),
    );
    expect(await rowOf(running.analysis_id)).toEqual({ status: 'queued', attempts: 1, crashes: 0 });

    makeRoom();
    expect(await ended(facet.url, running.analysis_id, 120)).toMatchObject({ status: 'completed', error: null });
    expect(await rowOf(running.analysis_id)).toMatchObject({ status: 'completed', crashes: 0 });
    expect(await analyze(facet.url, picture)).toMatchObject({ status: 'completed' });
    expect(await readdir(join(disk.directory, 'tmp'))).toEqual([]);
    await rm(tools, { recursive: true });
  });
};

describe('a disk that is full', () => {
  story();

  it('is what doctor says', async () => {
    const facet = await start({ ROLE: 'api' });
    expect((await send(facet.url, picture)).status).toBe(202);
    fill();
    const env = {
      ...process.env,
      DATA_DIR: disk.directory,
      DATABASE_URL: ground.databaseUrl,
      REDIS_URL: ground.redisUrl,
    };
    const doctor = promisify(execFile)(process.execPath, [join(__dirname, '../../dist/facet.js'), 'doctor'], { env });
    const { code, stdout } = (await doctor.catch((error: unknown) => error)) as { code: number; stdout: string };
    expect(code).toBe(1);
    expect(stdout).toMatch(/✗ files +.*The disk is full.* What to do: make room/);
  });

  it('fails what needs more room than there is, with that reason', async () => {
    const facet = await start();
    const text = Buffer.from('Words that take more room than the disk has left. '.repeat(280_000));
    const row = await analyze(facet.url, text, { filename: 'long.txt', fields: { features: 'text' } });
    expect(row).toMatchObject({ status: 'failed', attempts: 3, error: { code: 'storage_full' } });
    expect(await readdir(join(disk.directory, 'tmp'))).toEqual([]);
  });

  it('keeps uploads from the room that MIN_FREE_SPACE leaves to everything else', async () => {
    const facet = await start({ MIN_FREE_SPACE: '23000000' });
    expect(await analyze(facet.url, picture)).toMatchObject({ status: 'completed' });
    expectRefusal(await send(facet.url, Buffer.alloc(3_000_000, 'word ')), 507, 'storage_full');
    expect((await call(facet.url, '/health/ready')).status).toBe(200);
  });

  it('keeps pictures of batches waiting without a try being counted', async () => {
    const asked: string[] = [];
    const server = createServer(({ url = '' }, response) => {
      asked.push(url);
      response.end(picture);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const facet = await start({ OUTBOUND_ALLOW: address, OUTBOUND_RETRY_ATTEMPTS: '1', MAX_WORKERS: '1' });
    fill();
    const urls = Array.from({ length: 20 }, (_row, index) => `http://${address}/${index}\n`);
    const { body } = await submit(facet.url, `url\n${urls.join('')}`, { fields: { analyzer: 'image' } });
    const id = body.parent_batch_id as string;
    await eventually(
      async () => Promise.resolve(facet.log),
      (log) => log.some(({ msg }) => String(msg).startsWith('The disk takes no more')),
    );
    const results = () => ground.database.query('SELECT attempts, error_class FROM batch_results');
    expect((await results()).rows).toEqual([]);

    makeRoom();
    await eventually(
      () => call(facet.url, `/api/v1/batches/parent/${id}/status`),
      ({ body: status }) => status.status === 'completed',
      90,
    );
    expect((await results()).rows).toEqual(Array.from({ length: 20 }, () => ({ attempts: 1, error_class: null })));
    expect(await readdir(join(disk.directory, 'tmp'))).toEqual([]);
    server.close();
  });

  it('keeps mails that are written as files, and lines of the log, until there is room', async () => {
    const facet = await start({ LOG_FILE: join(disk.directory, 'facet.log') });
    fill();
    await call(facet.url, '/api/v1/auth/register', {
      as: null,
      method: 'POST',
      json: { username: 'grace', email: 'grace@example.org', password: 'a long enough password' },
    });
    await call(facet.url, '/api/v1/auth/forgot-password', {
      as: null,
      method: 'POST',
      json: { email: 'grace@example.org' },
    });
    const mail = () => ground.database.query('SELECT status, crashes, error_message FROM mails');
    // One that welcomes her, and one with which she chooses another password.
    const isTold = ({ error_message }: { error_message: string | null }) => error_message?.includes('ENOSPC') ?? false;
    // What one of them met keeps the other from being begun.
    await eventually(mail, ({ rows }) => rows.length === 2 && rows.some(isTold));
    await eventually(mail, ({ rows }) => rows.every(({ status, crashes }) => status === 'queued' && crashes === 0));
    expect(await readdir(join(disk.directory, 'mail'))).toEqual([]);

    makeRoom();
    await eventually(mail, ({ rows }) => rows.every(({ status }) => status === 'completed'));
    const written = await readdir(join(disk.directory, 'mail'));
    expect(written.map((name) => name.slice(36))).toEqual(['.eml', '.eml']);
    const waited = await eventually(
      () => readFile(join(disk.directory, 'facet.log'), 'utf8'),
      (text) => text.includes('waits until it can be written'),
    );
    for (const line of waited.trim().split('\n')) expect(JSON.parse(line)).toHaveProperty('msg');
  });
});

describe('files that may not grow', () => {
  beforeEach(() => {
    disk.remove();
    useDisk(buildLimitedFolder());
  });

  story();
});
