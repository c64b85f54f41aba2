import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';

/** What a mail server says at a point of the conversation; `null` is silence, a promise is said once it is kept. */
export interface Manners {
  readonly greeting?: string | null | Promise<string>;
  readonly recipient?: string | null;
  readonly message?: string | null;
}

export interface Received {
  readonly from: string;
  readonly to: string[];
  /** Lines of the head, unfolded. */
  readonly headers: string[];
  readonly body: string;
}

/** A mail server on a loopback port that keeps what it was sent and behaves as it is told. */
export interface SmtpServer {
  readonly url: string;
  /** Every message that came in completely, whatever it was answered. */
  readonly received: Received[];
  /** How the next conversations go; one after the other, the last one for good. */
  behave(...manners: Manners[]): void;
  /** Connections that are open. */
  connections(): number;
  close(): Promise<void>;
}

export async function startSmtpServer(): Promise<SmtpServer> {
  const received: Received[] = [];
  const open = new Set<Socket>();
  let plan: Manners[] = [{}];
  const server = createServer((socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
    socket.on('error', () => undefined);
    converse(socket, plan.length > 1 ? plan.shift()! : plan[0]!, received);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    behave: (...manners) => {
      plan = manners;
    },
    connections: () => open.size,
    close: async () => {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

function converse(socket: Socket, manners: Manners, received: Received[]): void {
  const say = (line: string | null) => line !== null && socket.write(`${line}\r\n`);
  let buffer = '';
  let envelope: { from: string; to: string[] } = { from: '', to: [] };
  let inMessage = false;
  void Promise.resolve(manners.greeting).then((greeting) => say(greeting === undefined ? '220 test ESMTP' : greeting));
  socket.setEncoding('utf8').on('data', (text: string) => {
    buffer += text;
    for (;;) {
      const end = buffer.indexOf(inMessage ? '\r\n.\r\n' : '\r\n');
      if (end < 0) return;
      const piece = buffer.slice(0, end);
      buffer = buffer.slice(end + (inMessage ? 5 : 2));
      if (inMessage) {
        inMessage = false;
        received.push({ ...envelope, ...parseMessage(piece) });
        say(manners.message === undefined ? '250 taken' : manners.message);
      } else if (/^EHLO/i.test(piece)) say('250 test');
      else if (/^MAIL FROM:/i.test(piece)) {
        envelope = { from: addressIn(piece), to: [] };
        say('250 ok');
      } else if (/^RCPT TO:/i.test(piece)) {
        envelope.to.push(addressIn(piece));
        say(manners.recipient === undefined ? '250 ok' : manners.recipient);
      } else if (/^DATA/i.test(piece)) {
        inMessage = true;
        say('354 go on');
      } else if (/^QUIT/i.test(piece)) socket.end('221 bye\r\n');
      else say('250 ok');
    }
  });
}

const addressIn = (line: string) => /<(.*?)>/.exec(line)?.[1] ?? '';

/** The two halves of an RFC 5322 message. */
export function parseMessage(text: string): Pick<Received, 'headers' | 'body'> {
  const split = text.indexOf('\r\n\r\n');
  const headers = text
    .slice(0, split)
    .replace(/\r\n[ \t]+/g, ' ')
    .split('\r\n');
  return { headers, body: text.slice(split + 4).replace(/\r\n/g, '\n') };
}
