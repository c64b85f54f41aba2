import { parseConnectionUrl } from 'nodemailer/lib/shared';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import { hostname } from 'node:os';

/** Milliseconds: each step has its own limit, the caller's signal ends the whole. */
const TIMEOUTS = {
  dnsTimeout: 5_000,
  connectionTimeout: 10_000,
  greetingTimeout: 10_000,
  socketTimeout: 15_000,
} as const;

export interface Envelope {
  readonly from: string;
  readonly to: string;
}

/**
 * Sends over a connection of its own, in TLS whenever the server offers it; resolves when the server has taken the
 * mail. Written on the bare connection because that, unlike a transport, can be ended at any moment.
 * @param url such as `smtp://user:password@host:587` or `smtps://host`
 */
export async function sendBySmtp(url: string, envelope: Envelope, message: Buffer, signal: AbortSignal): Promise<void> {
  const { auth, ...server } = parseConnectionUrl(url);
  const connection = new SMTPConnection({ name: hostname(), ...server, ...TIMEOUTS, logger: false });
  const user = auth?.user ? { user: auth.user, pass: auth.pass } : null;
  await new Promise<void>((resolve, reject) => {
    const ended = () => {
      reject(new Error('The mail server took too long'));
    };
    signal.addEventListener('abort', ended, { once: true });
    connection.once('error', reject);
    connection.once('end', ended);
    converse(connection, user, envelope, message).then(resolve, reject);
  }).finally(() => {
    // Errors after the outcome have nobody to go to.
    connection.on('error', () => undefined);
    connection.close();
  });
}

async function converse(
  connection: SMTPConnection,
  user: { user: string; pass: string } | null,
  envelope: Envelope,
  message: Buffer,
): Promise<void> {
  await step((done) => {
    connection.connect(done);
  });
  if (user) {
    await step((done) => {
      connection.login(user, done);
    });
  }
  await step((done) => {
    connection.send({ from: envelope.from, to: [envelope.to], size: message.length }, message, done);
  });
  connection.quit();
}

const step = (take: (done: (error?: Error | null) => void) => void): Promise<void> =>
  new Promise((resolve, reject) => {
    take((error) => {
      if (error) reject(error);
      else resolve();
    });
  });

/** Whether the server will never take this mail: a refusal of the class 5 to the mail itself (RFC 5321, 4.2.1). */
export function isPermanent(error: unknown): boolean {
  const { code, responseCode = 0 } = error as { code?: string; responseCode?: number };
  return (code === 'EENVELOPE' || code === 'EMESSAGE') && responseCode >= 500;
}
