import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../../../test/support/facet.js';
import { parseMessage, type SmtpServer, startSmtpServer } from '../../../test/support/smtp-server.js';
import { writeEml } from './eml-folder.js';
import { composeMessage } from './message.js';
import { isPermanent, sendBySmtp } from './smtp.js';

let server: SmtpServer;

beforeAll(async () => {
  server = await startSmtpServer();
});

afterAll(() => server.close());

const mail = (changes = {}) => ({
  id: randomUUID(),
  recipient: 'ada@example.org',
  subject: 'A new password',
  body: 'Line one\n.line two\nÜmlaut\n',
  created_at: new Date('2026-11-20T10:00:00Z'),
  ...changes,
});

const envelope = { from: 'facet@localhost', to: 'ada@example.org' };

const sendOne = async (signal = AbortSignal.timeout(5_000)) =>
  sendBySmtp(server.url, envelope, await composeMessage(mail(), envelope.from), signal);

const failure = async (sending: Promise<void>): Promise<unknown> =>
  sending.then(
    () => {
      throw new Error('It was sent.');
    },
    (error: unknown) => error,
  );

it('says what the message is, to one recipient, word for word', async () => {
  server.behave({});
  const sent = mail({ body: 'Line one\n.line two\nlast' });
  await sendBySmtp(server.url, envelope, await composeMessage(sent, envelope.from), AbortSignal.timeout(5_000));
  const { from, to, headers, body } = server.received.at(-1)!;
  expect({ from, to }).toEqual({ from: 'facet@localhost', to: ['ada@example.org'] });
  expect(headers).toEqual(
    expect.arrayContaining([
      'From: Facet <facet@localhost>',
      'To: ada@example.org',
      'Subject: A new password',
      `Message-ID: <${sent.id}@localhost>`,
      'Date: Fri, 20 Nov 2026 10:00:00 +0000',
      'Auto-Submitted: auto-generated',
    ]),
  );
  // A line that begins with a dot is doubled on the way (RFC 5321, 4.5.2).
  expect(body).toContain('Line one\n..line two\nlast');
});

it.each([
  ['never takes this recipient', { recipient: '550 5.1.1 no such user' }, true],
  ['never takes this message', { message: '554 5.7.1 spam' }, true],
  ['takes this recipient later', { recipient: '451 4.7.1 greylisted' }, false],
  ['takes this message later', { message: '452 4.3.1 disk full' }, false],
  ['serves nobody now', { greeting: '421 4.3.2 closing' }, false],
  ['serves us not at all', { greeting: '554 5.3.2 go away' }, false],
  ['talks nonsense', { greeting: 'HTTP/1.1 400 Bad Request' }, false],
])('a server that %s', async (_case, manners, permanent) => {
  server.behave(manners);
  expect(isPermanent(await failure(sendOne()))).toBe(permanent);
});

it.each([
  ['greets', { greeting: null }],
  ['takes recipients', { recipient: null }],
  ['takes the message', { message: null }],
])('hangs up on a server that never %s', async (_case, manners) => {
  server.behave(manners);
  const error = await failure(sendOne(AbortSignal.timeout(200)));
  expect(String(error)).toContain('too long');
  expect(isPermanent(error)).toBe(false);
  await eventually(
    () => Promise.resolve(server.connections()),
    (open) => open === 0,
    5,
  );
});

it('fails where nobody listens', async () => {
  const gone = await startSmtpServer();
  await gone.close();
  const message = await composeMessage(mail(), envelope.from);
  const error = await failure(sendBySmtp(gone.url, envelope, message, AbortSignal.timeout(5_000)));
  expect(isPermanent(error)).toBe(false);
});

it.each(['a\r\nBcc: eve@example.org', 'a\nBcc: eve@example.org\n\nbody', 'a\r Bcc: eve@example.org'])(
  'a subject cannot make headers: %j',
  async (subject) => {
    const { headers } = parseMessage((await composeMessage(mail({ subject }), envelope.from)).toString());
    expect(headers.filter((line) => /^bcc/i.test(line))).toEqual([]);
    expect(headers.filter((line) => /^(subject|to|from):/i.test(line))).toHaveLength(3);
  },
);

it('becomes a file for its owner alone, whole, once however often it is written', async () => {
  const folder = join(await mkdtemp(join(tmpdir(), 'facet-mail-')), 'mail');
  const sent = mail();
  for (const body of ['the first time', 'the second time']) {
    await writeEml(folder, sent.id, await composeMessage({ ...sent, body }, envelope.from));
  }
  expect(await readdir(folder)).toEqual([`${sent.id}.eml`]);
  const path = join(folder, `${sent.id}.eml`);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect((await stat(folder)).mode & 0o777).toBe(0o700);
  expect(parseMessage(await readFile(path, 'utf8')).body).toContain('the second time');
  await rm(join(folder, '..'), { recursive: true });
});
