import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { ADA } from '../support/accounts.js';
import type { Answer } from '../support/client.js';

/** HTTP written byte by byte, for requests that no decent client would send. */

const BOUNDARY = 'facet-boundary';

export const MULTIPART = `multipart/form-data; boundary=${BOUNDARY}`;

export interface Part {
  readonly name: string;
  readonly filename?: string | Buffer;
  readonly type?: string;
  readonly content: Buffer | string;
}

/** What stands before a part's content. */
export const partHead = ({ name, filename, type }: Omit<Part, 'content'>): Buffer =>
  Buffer.concat([
    Buffer.from(`--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"`),
    ...(filename === undefined ? [] : [Buffer.from('; filename="'), Buffer.from(filename), Buffer.from('"')]),
    Buffer.from(type === undefined ? '\r\n\r\n' : `\r\nContent-Type: ${type}\r\n\r\n`),
  ]);

export const MULTIPART_END = Buffer.from(`\r\n--${BOUNDARY}--\r\n`);

export const multipart = (...parts: Part[]): Buffer =>
  Buffer.concat([
    ...parts.flatMap((part, index) => [
      Buffer.from(index === 0 ? '' : '\r\n'),
      partHead(part),
      Buffer.from(part.content),
    ]),
    MULTIPART_END,
  ]);

/** The head of a request with these headers; whether its connection is kept is for the headers to say. Ada sends it. */
export const requestHead = (method: string, path: string, headers: Record<string, string | number> = {}): string =>
  [
    `${method} ${path} HTTP/1.1`,
    ...Object.entries({ Host: 'facet', Authorization: ADA.bearer, ...headers }).map(
      ([name, value]) => `${name}: ${value}`,
    ),
    '\r\n',
  ].join('\r\n');

export interface Line {
  readonly socket: Socket;
  /** Sends, and waits while the other side does not read; false when it has hung up. */
  write(bytes: Buffer | string): Promise<boolean>;
  /** The answer once it has come completely. */
  answer(): Promise<Answer>;
}

/** Opens a connection to the server at the URL. */
export async function dial(url: string): Promise<Line> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port) });
  const received: Buffer[] = [];
  socket.on('data', (bytes: Buffer) => received.push(bytes));
  // A server that refuses may hang up on a client that goes on sending: what it said before counts.
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return {
    socket,
    write: async (bytes) => {
      if (socket.destroyed || !socket.writable) return false;
      if (socket.write(bytes)) return true;
      await first(socket, 'drain', 'close');
      return !socket.destroyed;
    },
    answer: async () => {
      for (;;) {
        const answer = parse(Buffer.concat(received));
        if (answer) return answer;
        if (socket.closed) throw new Error(`Hung up after ${JSON.stringify(Buffer.concat(received).toString())}`);
        await first(socket, 'data', 'close');
      }
    },
  };
}

/** Resolves at the first of the events. */
function first(socket: Socket, ...events: string[]): Promise<void> {
  return new Promise((resolve) => {
    const happened = () => {
      for (const event of events) socket.off(event, happened);
      resolve();
    };
    for (const event of events) socket.on(event, happened);
  });
}

/** Sends one request as it stands and answers what came back. */
export async function exchange(url: string, ...bytes: (Buffer | string)[]): Promise<Answer> {
  const line = await dial(url);
  try {
    for (const piece of bytes) await line.write(piece);
    return await line.answer();
  } finally {
    line.socket.destroy();
  }
}

/** The answer with a `Content-Length` that the bytes begin with; null while it is not complete. */
function parse(bytes: Buffer): Answer | null {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) return null;
  const [statusLine = '', ...lines] = bytes.subarray(0, end).toString('latin1').split('\r\n');
  const headers = new Headers(lines.map((line) => (/^(.*?):\s*(.*)$/.exec(line) ?? []).slice(1) as [string, string]));
  const body = bytes.subarray(end + 4);
  if (body.length < Number(headers.get('content-length'))) return null;
  const json = headers.get('content-type')?.startsWith('application/json');
  const status = Number(statusLine.split(' ')[1]);
  return { status, headers, body: json ? JSON.parse(body.toString()) : body.toString() };
}
