import { type Answer, call } from '../client.js';
import { eventually, type Facet, type Ground, buildGround, startFacet } from '../facet.js';
import { type AiServer, startAi } from './ai-server.js';

/** Retries quickly, and no circuit that opens by itself. */
const QUICK = {
  OUTBOUND_RETRY_DELAY: '0.1',
  OUTBOUND_RETRY_ATTEMPTS: '3',
  OUTBOUND_CIRCUIT_VOLUME: '100000',
};

/** An API with a worker, and an AI that it asks. */
export interface Journey {
  readonly ground: Ground;
  readonly ai: AiServer;
  readonly facet: Facet;
  status(id: string): Promise<Answer['body']>;
  uploadStatus(id: string): Promise<Answer['body']>;
  /** The status once the batch has come to an end. */
  ended(id: string): Promise<Answer['body']>;
  post(path: string, json?: unknown): Promise<Answer>;
  remove(): Promise<void>;
}

const FINAL = ['completed', 'failed', 'cancelled'];

export async function buildJourney(variables: Record<string, string> = {}): Promise<Journey> {
  const ground = await buildGround();
  const ai = await startAi();
  const settings = { API_ENDPOINT_URL: ai.url, OUTBOUND_ALLOW: ai.address, ...QUICK, ...variables };
  const facet = await startFacet(ground, settings);
  const status = async (id: string) => (await call(facet.url, `/api/v1/batches/${id}/status`)).body;
  return {
    ground,
    ai,
    facet,
    status,
    uploadStatus: async (id) => (await call(facet.url, `/api/v1/batches/parent/${id}/status`)).body,
    ended: (id) =>
      eventually(
        () => status(id),
        (body) => FINAL.includes(body.status),
      ),
    post: (path, json) => call(facet.url, `/api/v1/batches/${path}`, { method: 'POST', json }),
    remove: async () => {
      await facet.stop();
      await ai.stop();
      await ground.remove();
    },
  };
}
