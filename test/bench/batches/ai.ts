import { createServer } from 'node:http';
import { serveRequests } from '../workbench.js';

export interface AiQuestion {
  /** Milliseconds before each answer from now on. */
  readonly latency: number;
}

export interface AiAnswer {
  readonly url: string;
  readonly address: string;
}

/** An AI in a process of its own that says the same to everybody. */
let latency = 0;
const server = createServer((request, response) => {
  const answer = () => response.setHeader('content-type', 'application/json').end('{"label":"landscape","score":0.93}');
  request.resume().on('end', () => {
    if (latency > 0) setTimeout(answer, latency);
    else answer();
  });
}).listen(0, '127.0.0.1');
server.keepAliveTimeout = 60_000;

serveRequests(async (question: AiQuestion): Promise<AiAnswer> => {
  latency = question.latency;
  while (!server.listening) await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  return { url: `http://127.0.0.1:${port}/`, address: `127.0.0.1:${port}` };
});
