import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';

/** One request as the AI has seen it. */
export interface AiCall {
  readonly image_url: string;
  readonly row_number: number;
  readonly idempotency_key: string;
  readonly options: Record<string, unknown>;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** What the AI does with a call; nothing answers `{"seen": image_url}`. */
export type AiManner = (call: AiCall, times: number, response: ServerResponse) => boolean | Promise<boolean>;

/** An AI of the test's own that remembers everything it was asked. */
export interface AiServer {
  readonly url: string;
  /** `host:port`, for OUTBOUND_ALLOW. */
  readonly address: string;
  readonly calls: AiCall[];
  /** How often each row was asked for, by its idempotency key. */
  timesByKey(): Map<string, number>;
  /** Milliseconds before each answer. */
  latency: number;
  /** Answers false to leave the call to the usual answer. */
  manner: AiManner;
  /** Calls that wait for their answer now. */
  readonly open: number;
  stop(): Promise<void>;
}

export async function startAi(): Promise<AiServer> {
  const calls: AiCall[] = [];
  const times = new Map<string, number>();
  let open = 0;
  const server = createServer((request, response) => {
    open += 1;
    response.on('close', () => (open -= 1));
    void answer(request, response).catch(() => response.destroy());
  });
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const call = { ...JSON.parse(await bodyOf(request)), at: Date.now() } as AiCall;
    calls.push(call);
    const seen = (times.get(call.idempotency_key) ?? 0) + 1;
    times.set(call.idempotency_key, seen);
    if (await ai.manner(call, seen, response)) return;
    if (ai.latency > 0) await new Promise((resolve) => setTimeout(resolve, ai.latency));
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ seen: call.image_url }));
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const ai: AiServer = {
    url: `http://127.0.0.1:${port}/ai`,
    address: `127.0.0.1:${port}`,
    calls,
    timesByKey: () => times,
    latency: 0,
    manner: () => false,
    get open() {
      return open;
    },
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return ai;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return Buffer.concat(pieces).toString();
}
