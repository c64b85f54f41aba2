import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { noFreePort } from './embedded.errors.js';

/**
 * Below the range that Linux (32768–) and macOS (49152–) take source ports from: while a server is down for a restart,
 * neither a stranger's connection nor a client that dials the port again may come to sit on it.
 */
const FIRST_PORT = 20_000;
const LAST_PORT = 31_999;

/** Returns a port of 127.0.0.1 that is free at this moment; it may be taken before it is used. */
export async function freePort(): Promise<number> {
  for (let chance = 0; chance < 200; chance += 1) {
    const port = randomInt(FIRST_PORT, LAST_PORT + 1);
    if (await canListen(port)) return port;
  }
  throw noFreePort();
}

function canListen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => {
      resolve(false);
    });
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => {
      server.close(() => {
        resolve(true);
      });
    });
  });
}
