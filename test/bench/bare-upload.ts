import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { serveRequests } from './workbench.js';

/** The least that could take uploads: every request's bytes, as they come, into a file. */
serveRequests(async ({ folder }: { folder: string }) => {
  const server = createServer((request, response) => {
    const file = createWriteStream(join(folder, randomUUID()));
    pipeline(request, file).then(
      () => response.writeHead(202).end(),
      () => response.writeHead(500).end(),
    );
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
});
