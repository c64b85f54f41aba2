import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** Stands between Facet and PostgreSQL and writes down every statement that is executed. */
export interface StatementCounter {
  /** The database's address by way of the counter. */
  readonly url: string;
  /** The text of every statement so far, in their order. */
  readonly statements: readonly string[];
  close(): void;
}

export async function buildStatementCounter(databaseUrl: string): Promise<StatementCounter> {
  const { hostname, port } = new URL(databaseUrl);
  const statements: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket
        .on('error', () => undefined)
        .on('close', () => {
          sockets.delete(socket);
          client.destroy();
          upstream.destroy();
        });
    }
    const note = messageReader(statements);
    client.on('data', note);
    client.pipe(upstream).pipe(client);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = new URL(databaseUrl);
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    statements,
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** Reads one client's messages by PostgreSQL's protocol 3.0: after the first each has a type and its length. */
function messageReader(statements: string[]): (chunk: Buffer) => void {
  const prepared = new Map<string, string>();
  const portals = new Map<string, string>();
  let started = false;
  let rest = Buffer.alloc(0);
  const message = (type: string, body: Buffer) => {
    const [first = '', second = ''] = body.toString('utf8').split('\0', 2);
    if (type === 'Q') statements.push(first);
    else if (type === 'P') prepared.set(first, second);
    else if (type === 'B') portals.set(first, prepared.get(second) ?? '');
    else if (type === 'E') statements.push(portals.get(first) ?? '');
  };
  return (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    for (;;) {
      const head = started ? 1 : 0;
      if (rest.length < head + 4) return;
      const end = head + rest.readUInt32BE(head);
      if (rest.length < end) return;
      if (started) message(rest.toString('latin1', 0, 1), rest.subarray(5, end));
      started = true;
      rest = rest.subarray(end);
    }
  };
}
