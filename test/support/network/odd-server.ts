import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { gzipSync } from 'node:zlib';

/** An HTTP server of the test's, which counts what reaches it. */
export interface OddServer {
  readonly url: string;
  readonly port: number;
  /** Connections that were opened, whatever came over them. */
  connections: number;
  readonly requests: { readonly url: string; readonly headers: IncomingMessage['headers']; readonly body: string }[];
  /** Bytes of bodies that it could send. */
  sent: number;
  close(): Promise<void>;
}

export type Handler = (request: IncomingMessage, response: ServerResponse, server: OddServer) => void;

export async function buildOddServer(handler: Handler, host = '127.0.0.1', port = 0): Promise<OddServer> {
  const sockets = new Set<Socket>();
  const http = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    request.on('end', () => {
      odd.requests.push({ url: request.url ?? '', headers: request.headers, body });
      handler(request, response, odd);
    });
  });
  http.on('connection', (socket) => {
    odd.connections += 1;
    sockets.add(socket.on('close', () => sockets.delete(socket)).on('error', () => undefined));
  });
  http.listen(port, host);
  await once(http, 'listening');
  const taken = (http.address() as AddressInfo).port;
  const shown = host.includes(':') ? `[${host}]` : host;
  const odd: OddServer = {
    url: `http://${shown}:${taken}`,
    port: taken,
    connections: 0,
    requests: [],
    sent: 0,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      http.close();
      await once(http, 'close');
    },
  };
  return odd;
}

const MEGABYTE = Buffer.alloc(1_048_576, 'x');

/** Ways in which servers misbehave, by the path that asks for them. */
export const misbehave: Handler = (request, response, server) => {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://odd');
  const ways: Record<string, () => void> = {
    '/hang': () => undefined,
    '/reset': () => {
      request.socket.resetAndDestroy();
    },
    '/reset-in-body': () => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('ten bytes!', () => request.socket.resetAndDestroy());
    },
    '/drip': () => {
      response.writeHead(200);
      const drip = setInterval(() => response.write('.'), 50);
      response.on('close', () => {
        clearInterval(drip);
      });
    },
    '/gigabyte': () => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const pour = () => {
        while (server.sent < 1024 * MEGABYTE.length && !response.destroyed) {
          server.sent += MEGABYTE.length;
          if (!response.write(MEGABYTE)) return response.once('drain', pour);
        }
        return response.end();
      };
      pour();
    },
    '/announced-gigabyte': () => {
      response.writeHead(200, { 'content-length': '1073741824' }).flushHeaders();
    },
    '/bomb': () => response.writeHead(200, { 'content-encoding': 'gzip' }).end(BOMB),
    '/gzip': () => response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('{"packed":true}')),
    '/false-gzip': () => response.writeHead(200, { 'content-encoding': 'gzip' }).end('no gzip'),
    '/strange-encoding': () => response.writeHead(200, { 'content-encoding': 'zstd' }).end('?'),
    '/headers': () => {
      request.socket.end(`HTTP/1.1 200 OK\r\nx-long: ${'x'.repeat(100_000)}\r\n\r\n`);
    },
    '/garbage': () => {
      request.socket.end('this is not HTTP\r\n\r\n');
    },
    '/text': () => response.writeHead(200).end('<html>\u0000 no JSON'.padEnd(5000, 'x')),
    '/array': () => response.writeHead(200).end('[1]'),
    '/status': () => {
      const after = searchParams.get('after');
      response.writeHead(Number(searchParams.get('code')), after === null ? {} : { 'retry-after': after });
      response.end('what went wrong');
    },
    '/to': () => {
      const location = asBytes(searchParams.get('location') ?? '');
      response.writeHead(Number(searchParams.get('code') ?? 302), { location }).end();
    },
    '/round': () => {
      const left = Number(searchParams.get('left'));
      if (left > 0) response.writeHead(302, { location: `/round?left=${left - 1}` }).end();
      else response.end('{"arrived":true}');
    },
  };
  const way = ways[pathname];
  if (way) way();
  else response.writeHead(200, { 'content-type': 'application/json' }).end('{"ok":true}');
};

/** 64 MB of zeros in 65 kB. */
const BOMB = gzipSync(Buffer.alloc(64 * MEGABYTE.length));

/** A header carries bytes; most hosts send those of UTF-8. */
const asBytes = (text: string) => Buffer.from(text).toString('latin1');
