import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, stat, symlink } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { analyze, call, signedIn } from '../support/client.js';
import { buildGround, eventually, type Facet, type Ground, startFacet } from '../support/facet.js';
import { solid } from '../support/media/images.js';
import { expectNothingLost } from './nothing-lost.js';

let ground: Ground;
let picture: Buffer;
const started: Facet[] = [];

beforeEach(async () => {
  ground = await buildGround();
  picture = await solid(40, 30, '#336699').png().toBuffer();
});

afterEach(async () => {
  for (const facet of started.splice(0)) {
    facet.kill('SIGCONT');
    await facet.stop();
  }
  await ground.remove();
});

const start = async (variables: Record<string, string> = {}): Promise<Facet> => {
  const facet = await startFacet(ground, variables);
  started.push(facet);
  return facet;
};

/** Begins an upload and holds its end back. */
async function beginUpload(facet: Facet): Promise<Socket> {
  const { hostname, port } = new URL(facet.url);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  const headers = { ...signedIn(), Host: hostname, 'Content-Type': 'multipart/form-data; boundary=x' };
  const length = Buffer.byteLength(FORM_HEAD) + picture.length + Buffer.byteLength(FORM_END);
  const lines = Object.entries({ ...headers, 'Content-Length': String(length) }).map((entry) => entry.join(': '));
  socket.write(`POST /api/v1/analyze HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n${FORM_HEAD}`);
  socket.write(picture.subarray(0, 60));
  return socket;
}

const FORM_HEAD = '--x\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n';
const FORM_END = '\r\n--x--\r\n';

const temporary = (): Promise<string[]> => readdir(join(ground.dataDirectory, 'tmp')).catch(() => []);

const temporaryFiles = (count: number): Promise<string[]> => eventually(temporary, (names) => names.length === count);

it('keeps files on a disk of their own as it keeps them elsewhere', async () => {
  // Memory is a file system of its own wherever there is one.
  const elsewhere = await mkdtemp('/dev/shm/facet-files-');
  await symlink(elsewhere, join(ground.dataDirectory, 'files'));
  await mkdir(join(ground.dataDirectory, 'tmp'));
  const [files, temporaryFolder] = await Promise.all(
    ['files', 'tmp'].map((name) => stat(join(ground.dataDirectory, name))),
  );
  expect(files!.dev).not.toBe(temporaryFolder!.dev);
  const facet = await start();

  const row = await analyze(facet.url, picture, { fields: { features: 'image,thumbnail' } });
  expect(row).toMatchObject({ status: 'completed', artifacts: [{ name: 'thumbnail.jpg' }] });
  expect((await call(facet.url, row.artifacts[0].url)).status).toBe(200);
  await expectNothingLost({ ...ground, dataDirectory: ground.dataDirectory }, [row.id]);
  expect(await readdir(join(elsewhere, 'incoming'))).toEqual([]);
  expect((await call(facet.url, `/api/v1/analyses/${row.id}`, { method: 'DELETE' })).status).toBe(204);
  const left = await readdir(elsewhere, { recursive: true, withFileTypes: true });
  expect(left.filter((entry) => entry.isFile())).toEqual([]);
  await rm(elsewhere, { recursive: true });
});

it('removes at the next start what a killed process held, and nothing that a living one holds', async () => {
  const [killed, living] = [await start({ ROLE: 'api' }), await start({ ROLE: 'api' })];
  await beginUpload(living);
  const [stays] = await temporaryFiles(1);
  const slow = await beginUpload(killed);
  slow.on('error', () => undefined);
  await temporaryFiles(2);
  killed.kill('SIGKILL');
  await once(killed.process, 'exit');
  expect(await temporary()).toHaveLength(2);

  await start({ ROLE: 'worker' });
  expect(await temporaryFiles(1)).toEqual([stays]);
});

it('lets a living process finish its upload while others start and clean', async () => {
  const living = await start({ ROLE: 'api' });
  const upload = await beginUpload(living);
  await temporaryFiles(1);
  await start({ JOB_CLEANUP_INTERVAL: '1' });
  await start({ ROLE: 'worker', JOB_CLEANUP_INTERVAL: '1' });
  upload.write(picture.subarray(60));
  upload.write(FORM_END);
  const [answer] = (await once(upload, 'data')) as [Buffer];
  expect(answer.toString()).toMatch(/^HTTP\/1\.1 202 /);
  const { body } = await call(living.url, '/api/v1/results');
  await expectNothingLost(ground, [body.items[0].id]);
});
