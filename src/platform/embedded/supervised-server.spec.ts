import { mkdtemp, rm } from 'node:fs/promises';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServerDidNotStart } from './embedded.errors.js';
import { freePort } from './free-port.js';
import { ServerLog } from './server-log.js';
import type { ServerPlan } from './server-plan.js';
import { SupervisedServer } from './supervised-server.js';

/** A small real server: it listens on the port that it is told and answers with its process number. */
const SERVER = `
const server = require('node:net').createServer((socket) => socket.end(String(process.pid)));
server.on('error', (error) => { console.error('error:', error.code); process.exit(1); });
server.listen(Number(process.argv[1]), '127.0.0.1');
`;

describe('a supervised server', () => {
  let folder: string;
  let told: string[];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'facet-supervised-'));
    told = [];
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  const log = (message: string) => told.push(message);

  const plan = (program: string): ServerPlan => ({
    name: 'The server',
    record: join(folder, 'server.pid'),
    output: new ServerLog(join(folder, 'server.log')),
    ending: [['SIGTERM', 5]],
    remedies: [[/EADDRINUSE/, 'another_port']],
    launch: (port) => ({
      program: process.execPath,
      args: ['-e', program, String(port)],
      directory: folder,
      account: undefined,
      input: '',
    }),
    isReady: async (port, pid) => (await answerOf(port)) === String(pid),
    tidy: () => Promise.resolve(),
  });

  it('takes another port when somebody sits on the first by then', async () => {
    const stranger = createServer((socket) => socket.end()).listen(0, '127.0.0.1');
    await once(stranger, 'listening');
    const { port: taken } = stranger.address() as { port: number };
    const free = await freePort();
    const ports = [taken, free];
    const server = new SupervisedServer(plan(SERVER), log, () => Promise.resolve(ports.shift() ?? 0));

    expect(await server.start()).toBe(free);

    await server.stop();
    stranger.close();
    expect(await answerOf(free)).toBe('');
  });

  it('tells what a server said that cannot start', async () => {
    const server = new SupervisedServer(plan("console.error('my disk is full'); process.exit(3)"), log);

    const failure = server.start();

    await expect(failure).rejects.toThrow(ServerDidNotStart);
    await expect(failure).rejects.toThrow('The server did not start. It said: my disk is full');
  });

  it('goes on trying while the server cannot come back, and keeps its port', async () => {
    const server = new SupervisedServer(plan(SERVER), log);
    const port = await server.start();
    process.kill(Number(await answerOf(port)), 'SIGKILL');
    const stranger = await listenOn(port);
    await untilTold('The server could not be started again yet');

    stranger.close();
    await untilTold('The server is ready', 2);

    expect(await answerOf(port)).toMatch(/^\d+$/);
    await server.stop();
  });

  async function untilTold(message: string, times = 1): Promise<void> {
    while (told.filter((line) => line === message).length < times) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
});

async function answerOf(port: number): Promise<string> {
  const socket = connect(port, '127.0.0.1').setEncoding('utf8');
  let answer = '';
  socket.on('data', (text: string) => (answer += text));
  await once(socket, 'close').catch(() => undefined);
  return answer;
}

/** Takes the port as soon as the killed server has let go of it. */
async function listenOn(port: number): Promise<ReturnType<typeof createServer>> {
  for (;;) {
    const server = createServer((socket) => socket.end()).listen(port, '127.0.0.1');
    const taken = await once(server, 'listening').then(
      () => true,
      () => false,
    );
    if (taken) return server;
  }
}
