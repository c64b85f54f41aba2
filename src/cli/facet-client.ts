import { setTimeout as delay } from 'node:timers/promises';
import type { ClientSettings } from '../platform/config/client-settings.js';
import { CommandError } from './command.js';

/** How often a question is asked again when Facet cannot be reached, and the milliseconds between. */
const [MAX_ATTEMPTS, PAUSE_MS] = [10, 1_000];

/** Milliseconds that an answer may take to begin, however long it then goes on. */
const TIMEOUT_MS = 60_000;

class Unreachable extends CommandError {}

/** A running Facet, as the command line sees it. */
export class FacetClient {
  constructor(private readonly settings: ClientSettings) {}

  /** JSON of a GET; tried again while Facet cannot be reached. */
  async get<Body>(path: string): Promise<Body> {
    for (let attempt = 1; ; attempt++) {
      try {
        return (await (await this.fetch(path, { signal: AbortSignal.timeout(TIMEOUT_MS) })).json()) as Body;
      } catch (error) {
        if (attempt === MAX_ATTEMPTS || (error instanceof CommandError && !(error instanceof Unreachable))) throw error;
        await delay(PAUSE_MS);
      }
    }
  }

  /** The answer to a request, its body not yet read. @throws CommandError with what Facet says when it refuses. */
  async fetch(path: string, options: RequestInit = {}): Promise<Response> {
    const { url, apiKey } = this.settings;
    const headers = new Headers(options.headers);
    if (apiKey !== undefined) headers.set('X-API-Key', apiKey);
    const answer = await fetch(new URL(`/api/v1/${path}`, url), { ...options, headers }).catch((error: unknown) => {
      throw new Unreachable(`${url} cannot be reached: ${reasonOf(error)}`);
    });
    if (!answer.ok) throw new CommandError(await refusalIn(answer));
    return answer;
  }
}

const reasonOf = (error: unknown): string => {
  const { cause, message } = error as { cause?: unknown; message?: unknown };
  return cause instanceof Error && cause.message ? cause.message : String(message);
};

async function refusalIn(answer: Response): Promise<string> {
  const text = await answer.text();
  try {
    const { error } = JSON.parse(text) as { error: { code: string; message: string } };
    return `Refused (${answer.status} ${error.code}): ${error.message}`;
  } catch {
    return `Refused with ${answer.status}; is this Facet? ${text.slice(0, 200)}`;
  }
}
