import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { buildPerson } from '../support/accounts.js';
import { call, send, signedIn } from '../support/client.js';
import { buildGround, eventually, type Facet, type Ground, startFacet } from '../support/facet.js';
import { solid } from '../support/media/images.js';
import { dial, type Line, MULTIPART, multipart, MULTIPART_END, partHead, requestHead } from './raw-http.js';
import { countRows, expectRefusal, filesOf } from './traces.js';

const LIMIT = 3_000_000;

let ground: Ground;
let facet: Facet;
let picture: Buffer;
let line: Line;

beforeAll(async () => {
  ground = await buildGround();
  picture = await solid(40, 30, '#336699').png().toBuffer();
  facet = await startFacet(ground, { ROLE: 'api', MAX_CONTENT_LENGTH: String(LIMIT) });
});

beforeEach(async () => {
  line = await dial(facet.url);
});

afterEach(() => {
  line.socket.destroy();
});

afterAll(async () => {
  await facet.stop();
  await ground.remove();
});

const head = (headers: Record<string, string | number>): string =>
  requestHead('POST', '/api/v1/analyze', { 'Content-Type': MULTIPART, ...headers });

const chunk = (bytes: Buffer): Buffer =>
  Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]);

const beginning = () => Buffer.concat([partHead({ name: 'file', filename: 'a.png' }), picture]);

const expectNoTrace = async () => {
  await eventually(
    () => filesOf(ground),
    (files) => files.length === 0,
    5,
  );
  expect(await countRows(ground)).toBe(0);
};

describe('refuses what is too large', () => {
  afterEach(expectNoTrace);

  it('by its announcement, before a byte of it was sent', async () => {
    await line.write(head({ 'Content-Length': 5_000_000_000 }));
    const answer = await line.answer();
    expectRefusal(answer, 413, 'file_too_large');
    expect(answer.body.error.details).toEqual({ max_bytes: LIMIT });
  });

  it('by its bytes, when it is announced as too large by less than the form may take', async () => {
    const body = multipart({ name: 'file', filename: 'a.png', content: Buffer.alloc(LIMIT + 1) });
    await line.write(head({ 'Content-Length': body.length }));
    await line.write(body);
    expectRefusal(await line.answer(), 413, 'file_too_large');
  });

  it.each(['keep-alive', 'close'])('by its bytes, when it comes in chunks without an end (%s)', async (connection) => {
    await line.write(head({ 'Transfer-Encoding': 'chunked', Connection: connection }));
    await line.write(chunk(beginning()));
    const answer = line.answer();
    const filler = chunk(Buffer.alloc(65_536));
    for (let sent = 0; sent < 5 * LIMIT; sent += 65_536) if (!(await line.write(filler))) break;
    expectRefusal(await answer, 413, 'file_too_large');
  });

  it('to a client that streams it with fetch', async () => {
    let sent = 0;
    const body = new ReadableStream({
      start: (controller) => {
        controller.enqueue(beginning());
      },
      pull: (controller) => {
        controller.enqueue(Buffer.alloc(65_536));
        sent += 65_536;
        if (sent > 5 * LIMIT) controller.close();
      },
    });
    const response = await fetch(`${facet.url}/api/v1/analyze`, {
      method: 'POST',
      headers: signedIn({ headers: { 'Content-Type': MULTIPART } }),
      body,
      duplex: 'half',
    });
    const answer = { status: response.status, headers: response.headers, body: await response.json() };
    expectRefusal(answer, 413, 'file_too_large');
  });
});

describe('leaves nothing of an upload that breaks off at 99 %', () => {
  afterEach(expectNoTrace);

  const beginUpload = async (headers: Record<string, string>, encode = (bytes: Buffer) => bytes) => {
    const rest = Buffer.alloc(2_000_000);
    await line.write(head(headers));
    await line.write(encode(Buffer.concat([beginning(), rest.subarray(0, rest.length * 0.99)])));
    // It has begun to arrive, so there is something to remove.
    await eventually(
      () => filesOf(ground),
      (files) => files.length === 1,
    );
  };

  const announced = () => String(beginning().length + 2_000_000 + MULTIPART_END.length);

  it('because its sender vanishes', async () => {
    await beginUpload({ 'Content-Length': announced() });
    line.socket.resetAndDestroy();
  });

  it('because its sender hangs up', async () => {
    await beginUpload({ 'Content-Length': announced() });
    line.socket.end();
  });

  it('because its sender hangs up between two chunks', async () => {
    await beginUpload({ 'Transfer-Encoding': 'chunked' }, chunk);
    line.socket.end();
  });

  it('because a chunk is not one', async () => {
    await beginUpload({ 'Transfer-Encoding': 'chunked' }, chunk);
    await line.write('no chunk\r\n');
    expectRefusal(await line.answer(), 400, 'malformed_request');
  });

  it('because the file is complete and the form is not', async () => {
    const body = multipart({ name: 'file', filename: 'a.png', content: picture });
    await line.write(head({ 'Content-Length': body.length }));
    await line.write(body.subarray(0, -4));
    await eventually(
      () => filesOf(ground),
      (files) => files.length === 1,
    );
    line.socket.end();
  });
});

it('is patient with an upload that is slow but steady', async () => {
  const body = multipart({ name: 'file', filename: 'slow.png', content: picture });
  await line.write(head({ 'Content-Length': body.length }));
  const step = Math.ceil(body.length / 30);
  for (let at = 0; at < body.length; at += step) {
    await line.write(body.subarray(at, at + step));
    await delay(100);
  }
  const { status, body: accepted } = await line.answer();
  expect(status).toBe(202);
  const row = await call(facet.url, `/api/v1/results/${accepted.analysis_id}`);
  expect(row.body.sha256).toBe(createHash('sha256').update(picture).digest('hex'));
});

it('takes 256 files of one owner at once and leaves room for those of others', async () => {
  const lines = await Promise.all(Array.from({ length: 256 }, () => dial(facet.url)));
  for (const line of lines) await line.write(head({ 'Content-Length': 1_000_000 }));
  for (const line of lines) await line.write(beginning());
  await eventually(
    () => filesOf(ground),
    (files) => files.filter((file) => file.startsWith('upload-')).length === lines.length,
  );

  const refused = await send(facet.url, picture);
  expectRefusal(refused, 429, 'too_many_uploads');
  expect(refused.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
  const bob = await buildPerson(ground.database, 'bob');
  expect((await send(facet.url, picture, { as: bob })).status).toBe(202);

  for (const { socket } of lines) socket.destroy();
  const { status } = await eventually(
    () => send(facet.url, picture),
    (answer) => answer.status !== 429,
  );
  expect(status).toBe(202);
});

it('keeps every byte of files of all sizes that come at once', async () => {
  const MIB = 1_048_576;
  const sizes = [picture.length, MIB / 2 - 1, MIB / 2, MIB / 2 + 1, MIB - 1, MIB, MIB + 1, 2_500_000, LIMIT];
  const files = [...sizes, ...sizes].map((size, seed) => {
    const filler = Buffer.alloc(size - picture.length);
    for (let at = 0; at + 4 < filler.length; at += 4096) filler.writeUInt32LE(at + seed, at);
    return Buffer.concat([picture, filler]);
  });
  const answers = await Promise.all(files.map((file) => send(facet.url, file)));
  for (const [index, { status, body }] of answers.entries()) {
    expect(status).toBe(202);
    const row = (await call(facet.url, `/api/v1/results/${body.analysis_id}`)).body;
    const sha256 = createHash('sha256').update(files[index]!).digest('hex');
    expect(row).toMatchObject({ sha256, size_bytes: files[index]!.length });
    const path = (await filesOf(ground)).find((file) => file.includes(row.id)) ?? '';
    expect((await readFile(path)).equals(files[index]!)).toBe(true);
  }
});

it('goes on serving', async () => {
  expect((await call(facet.url, '/health')).status).toBe(200);
  expect(facet.log.filter(({ level }) => Number(level) >= 50)).toEqual([]);
});
