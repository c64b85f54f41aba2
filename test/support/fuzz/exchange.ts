import { Agent, type IncomingHttpHeaders, type IncomingMessage, request as ask } from 'node:http';

export interface FuzzAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Milliseconds after which a server has not answered. */
const NO_ANSWER_MS = 30_000;

export const keptAlive = (): Agent => new Agent({ keepAlive: true, maxSockets: 1 });

/** Sends exactly what it is given, and reads the answer; of one that goes on for ever, its head. */
export function exchange(
  url: string,
  agent: Agent,
  {
    method,
    path,
    headers,
    body,
  }: { method: string; path: string; headers: Record<string, string>; body: Buffer | null },
): Promise<FuzzAnswer> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const length = body ? { 'Content-Length': String(body.length) } : {};
    const request = ask({ hostname, port, agent, method, path, headers: { ...length, ...headers } });
    request.setTimeout(NO_ANSWER_MS, () => request.destroy(new Error('no answer')));
    request.once('error', reject);
    request.once('response', (response) => {
      const head = { status: response.statusCode ?? 0, headers: response.headers };
      if (head.headers['content-type']?.startsWith('text/event-stream')) {
        request.off('error', reject).on('error', () => undefined);
        request.destroy();
        resolve({ ...head, body: '' });
      } else {
        textOf(response).then((text) => {
          resolve({ ...head, body: text });
        }, reject);
      }
    });
    request.end(body ?? undefined);
  });
}

async function textOf(response: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of response) pieces.push(piece as Buffer);
  return Buffer.concat(pieces).toString();
}
