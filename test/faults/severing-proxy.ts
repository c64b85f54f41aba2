import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** Stands between Facet and PostgreSQL and breaks a connection at a moment of the test's choice. */
export interface SeveringProxy {
  /** The database's address by way of the proxy. */
  readonly url: string;
  /**
   * Breaks the next connection over which these words are sent: `before` they arrive, or `after` they have been carried
   * out, so that only the answer is lost. Resolves when it is done.
   * @param within words of the same transaction that were sent before: commits are all alike
   */
  sever(moment: 'before' | 'after', words: string, within?: string): Promise<void>;
  close(): void;
}

interface Order {
  readonly moment: 'before' | 'after';
  readonly words: string;
  readonly within: string;
  readonly done: () => void;
}

export async function buildSeveringProxy(databaseUrl: string): Promise<SeveringProxy> {
  const { hostname, port } = new URL(databaseUrl);
  let order: Order | undefined;
  const sockets = new Set<Socket>();

  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname);
    let answerIsLost: Order | undefined;
    let transaction = '';
    const sever = ({ done }: Order) => {
      client.resetAndDestroy();
      upstream.destroy();
      done();
    };
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
    client.on('data', (chunk) => {
      if (/BEGIN|START TRANSACTION/.test(chunk.toString('latin1'))) transaction = '';
      transaction += chunk.toString('latin1');
      const mine = order && chunk.includes(order.words) && transaction.includes(order.within) ? order : undefined;
      if (mine) order = undefined;
      if (mine?.moment === 'before') {
        sever(mine);
        return;
      }
      answerIsLost ??= mine;
      upstream.write(chunk);
    });
    upstream.on('data', (chunk) => {
      if (answerIsLost) sever(answerIsLost);
      else client.write(chunk);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = new URL(databaseUrl);
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    sever: (moment, words, within = '') => new Promise((done) => (order = { moment, words, within, done })),
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
