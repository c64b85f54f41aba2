import multipart from '@fastify/multipart';
import Fastify, { type FastifyInstance } from 'fastify';
import { EventEmitter, once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { dial, type Line, MULTIPART, MULTIPART_END, partHead, requestHead } from '../../../../test/e2e/raw-http.js';
import type { FacetError } from '../../errors.js';
import { demandMinimumRate } from '../bounds/minimum-rate.js';
import { readMultipart } from './multipart.js';

/** Milliseconds in which a form has to bring 32 KiB more. */
const INTERVAL_MS = 200;

/** Bytes of the file that is announced. */
const SIZE = 2_000_000;

const HEAD = partHead({ name: 'file', filename: 'a.png' });

const LENGTH = HEAD.length + SIZE + MULTIPART_END.length;

/** What becomes of a request that is read only after its sender has left. */
const late = new EventEmitter();

let server: FastifyInstance;
let line: Line;
/** Milliseconds that the server takes for a piece of the file. */
let slowness: number;

beforeAll(async () => {
  server = Fastify({ forceCloseConnections: true });
  demandMinimumRate(server.server, INTERVAL_MS / 1000);
  await server.register(multipart);
  server.setErrorHandler(({ status, code }: FacetError, _request, reply) => reply.status(status).send({ code }));
  server.post('/', async (request) =>
    readMultipart(request, SIZE, ({ file }, signal) => pipeline(file, sizeOf, { signal })),
  );
  server.post('/late', async (request) => {
    const left = new Promise((resolve) => request.raw.once('close', resolve));
    late.emit('reached');
    await left;
    await readMultipart(request, SIZE, ({ file }) => sizeOf(file)).catch((error: unknown) => {
      late.emit('refused', error);
    });
  });
  await server.listen();
});

beforeEach(async () => {
  slowness = 0;
  line = await dial(`http://127.0.0.1:${(server.server.address() as AddressInfo).port}`);
});

const announce = (path: string) =>
  line.write(requestHead('POST', path, { 'Content-Type': MULTIPART, 'Content-Length': LENGTH }));

afterEach(() => {
  line.socket.destroy();
});

afterAll(() => server.close());

async function sizeOf(file: AsyncIterable<Buffer>): Promise<number> {
  let size = 0;
  for await (const piece of file) {
    size += piece.length;
    if (slowness > 0) await delay(slowness);
  }
  return size;
}

it.each([
  ['before its first part', Buffer.alloc(0)],
  ['before the file', HEAD],
  ['within the file', Buffer.concat([HEAD, Buffer.alloc(SIZE / 2)])],
  ['before its end', Buffer.concat([HEAD, Buffer.alloc(SIZE), MULTIPART_END.subarray(0, -4)])],
])('breaks off a form that drips %s', async (_, beginning) => {
  await announce('/');
  await line.write(beginning);
  expect(await line.answer()).toMatchObject({ status: 408, body: { code: 'request_timed_out' } });
});

it('takes a form that is slow but steady', async () => {
  await announce('/');
  await line.write(HEAD);
  for (let sent = 0; sent < SIZE; sent += SIZE / 10) {
    await delay(INTERVAL_MS / 2);
    await line.write(Buffer.alloc(SIZE / 10));
  }
  await line.write(MULTIPART_END);
  expect(await line.answer()).toMatchObject({ status: 200, body: { file: SIZE } });
});

it('takes a form that has to wait for the server', async () => {
  slowness = INTERVAL_MS / 8;
  await announce('/');
  await line.write(Buffer.concat([HEAD, Buffer.alloc(SIZE), MULTIPART_END]));
  expect(await line.answer()).toMatchObject({ status: 200, body: { file: SIZE } });
});

it('does not wait for a sender that left before its form was read', async () => {
  const reached = once(late, 'reached');
  await announce('/late');
  await reached;
  const refused = once(late, 'refused');
  line.socket.resetAndDestroy();
  expect(await refused).toEqual([expect.objectContaining({ code: 'upload_interrupted' })]);
});
