import Bull from 'bull';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { Delivery } from '../../src/mail/delivery/delivery.js';
import { MailKind } from '../../src/mail/mail.kind.js';
import { MailService } from '../../src/mail/mail.service.js';
import { Environment } from '../../src/platform/config/environment.js';
import { buildGround, eventually, type Facet, type Ground, letLeaseRunOut, startFacet } from '../support/facet.js';
import { buildJobs } from '../support/jobs/build-jobs.js';
import { parseMessage, type SmtpServer, startSmtpServer } from '../support/smtp-server.js';

const MAIL = { to: 'ada@example.org', subject: 'A new password', text: 'Token: 5ecre7' };

let ground: Ground;
let source: DataSource;
let queue: Bull.Queue;
let mails: MailService;
let server: SmtpServer;
const started: Facet[] = [];

beforeAll(async () => {
  ground = await buildGround();
  source = await new DataSource({ type: 'postgres', url: ground.databaseUrl }).initialize();
  queue = new Bull('mails', ground.redisUrl, {
    prefix: 'facet',
    defaultJobOptions: { removeOnComplete: true, removeOnFail: true },
  });
  const environment = new Environment();
  mails = new MailService(buildJobs(source, queue, [new MailKind(environment, new Delivery(environment))]));
  server = await startSmtpServer();
});

afterEach(async () => {
  for (const facet of started.splice(0)) await facet.stop();
  server.behave({});
});

afterAll(async () => {
  await queue.close();
  await source.destroy();
  await server.close();
  await ground.remove();
});

const startWorker = async (variables: Record<string, string> = { SMTP_URL: server.url }): Promise<Facet> => {
  const facet = await startFacet(ground, { ROLE: 'worker', ...variables });
  started.push(facet);
  return facet;
};

const post = async (mail = MAIL): Promise<string> => {
  const id = await source.transaction((db) => mails.send(db, mail));
  mails.enqueue(id);
  return id;
};

const rowOf = async (id: string) => (await ground.database.query('SELECT * FROM mails WHERE id = $1', [id])).rows[0];

const becomes = (id: string, status: string) =>
  eventually(
    () => rowOf(id),
    (row) => row.status === status,
  );

const messagesOf = (id: string) =>
  server.received.filter(({ headers }) => headers.includes(`Message-ID: <${id}@localhost>`));

/** Makes the next attempt due now, and enqueues as the rescuer would. */
const skipTheDelay = async (id: string) => {
  await ground.database.query('UPDATE mails SET run_at = now() WHERE id = $1', [id]);
  mails.enqueue(id);
};

describe('where a worker and a mail server are', () => {
  let worker: Facet;

  beforeAll(async () => {
    worker = await startFacet(ground, { ROLE: 'worker', SMTP_URL: server.url, JOB_CLEANUP_INTERVAL: '1' });
  });

  afterAll(() => worker.stop());

  it('is sent once, and forgets what it said', async () => {
    const id = await post();
    const row = await becomes(id, 'completed');
    expect(row).toMatchObject({ attempts: 1, body: null, error_message: null, worker_id: null });
    mails.enqueue(id);
    // The next mail comes after them in the queue.
    await becomes(await post(), 'completed');
    expect(messagesOf(id)).toHaveLength(1);
    expect(messagesOf(id)[0]).toMatchObject({ from: 'facet@localhost', to: ['ada@example.org'] });
    expect(messagesOf(id)[0]!.body).toContain('Token: 5ecre7');
  });

  it('goes nowhere when the transaction does not', async () => {
    const before = server.received.length;
    const failing = source.transaction(async (db) => {
      mails.enqueue(await mails.send(db, MAIL));
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    await becomes(await post(), 'completed');
    expect(server.received).toHaveLength(before + 1);
  });

  it('is sent though it was not announced', async () => {
    await becomes(await mails.send(source.manager, MAIL), 'completed');
  });

  it('is tried again, later each time, until the server takes it', async () => {
    server.behave({ greeting: '421 not now' }, { recipient: '451 greylisted' }, { message: '452 full' }, {});
    const id = await post();
    const delays: number[] = [];
    for (const attempts of [1, 2, 3]) {
      const row = await eventually(
        () => rowOf(id),
        (now) => now.attempts === attempts && now.status === 'queued',
      );
      delays.push(Math.round((row.run_at.getTime() - Date.now()) / 1000));
      expect(row.error_message).toMatch(/421|451|452/);
      expect(row.body).toBe(MAIL.text);
      await skipTheDelay(id);
    }
    expect(delays[1]! / delays[0]!).toBeGreaterThan(2);
    expect(delays[2]! / delays[1]!).toBeGreaterThan(2);
    expect(await becomes(id, 'completed')).toMatchObject({ attempts: 4, error_message: null, body: null });
  });

  it('is given up at once where it will never be taken', async () => {
    server.behave({ recipient: '550 5.1.1 no such user' }, {});
    const refused = await becomes(await post(), 'failed');
    expect(refused).toMatchObject({
      attempts: 1,
      body: null,
      error_code: 'mail_not_sent',
      error_message: expect.stringContaining('550'),
    });
  });

  it('is removed a month after it was sent', async () => {
    const id = await mails.send(source.manager, MAIL);
    await ground.database.query(
      `UPDATE mails SET status = 'completed', progress = 100, body = NULL, completed_at = now() - interval '31 days' WHERE id = $1`,
      [id],
    );
    await eventually(
      () => rowOf(id),
      (row) => row === undefined,
    );
  });
});

it('is given up at last where nobody listens', async () => {
  const gone = await startSmtpServer();
  await gone.close();
  await startWorker({ SMTP_URL: gone.url });
  const id = await mails.send(source.manager, MAIL);
  await ground.database.query('UPDATE mails SET attempts = 7 WHERE id = $1', [id]);
  mails.enqueue(id);
  expect(await becomes(id, 'failed')).toMatchObject({ attempts: 8, body: null });
});

it('is sent by another worker when the first one was killed before it heard the answer', async () => {
  server.behave({ message: null }, {});
  const first = await startWorker();
  const id = await post();
  await eventually(
    () => Promise.resolve(messagesOf(id)),
    (messages) => messages.length === 1,
  );
  first.kill();
  await letLeaseRunOut(ground);
  await startWorker();
  expect(await becomes(id, 'completed')).toMatchObject({ attempts: 2 });
  // The server never said that it took the first one; both bear the same id.
  expect(messagesOf(id)).toHaveLength(2);
});

it('becomes a file while there is no mail server', async () => {
  await startWorker({ MAIL_FROM: 'noreply@facet.example' });
  const id = await post();
  await becomes(id, 'completed');
  const folder = join(ground.dataDirectory, 'mail');
  expect(await readdir(folder)).toEqual([`${id}.eml`]);
  const { headers, body } = parseMessage(await readFile(join(folder, `${id}.eml`), 'utf8'));
  expect(headers).toEqual(expect.arrayContaining(['From: Facet <noreply@facet.example>', 'To: ada@example.org']));
  expect(body).toContain(MAIL.text);
});

it.each([
  'ada@example.org, eve@example.org',
  'ada@example.org\r\nBcc: eve@example.org',
  'ada@example.org>\r\nRCPT TO:<eve@example.org',
  '"eve@example.org x"@example.org',
  'Ada <ada@example.org>',
  'undisclosed: eve@example.org;',
  'ada@example.org\0',
  'ada',
  '',
])('goes to one address and to nothing else: %j', async (to) => {
  await expect(mails.send(source.manager, { ...MAIL, to })).rejects.toThrow(RangeError);
});

it('has a subject of one line', async () => {
  const id = await mails.send(source.manager, {
    ...MAIL,
    subject: 'Hello\r\nBcc: eve@example.org\u2028x',
    text: 'a\0b',
  });
  expect(await rowOf(id)).toMatchObject({ subject: 'Hello Bcc: eve@example.org x', body: 'ab' });
});
