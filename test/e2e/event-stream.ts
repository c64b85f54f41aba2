import type { Person } from '../support/accounts.js';
import { signedIn } from '../support/client.js';

/** One event of a stream, as the WHATWG's grammar has it. */
export interface ServerEvent {
  readonly id: string;
  readonly event: string;
  // Tests look into data of every shape; what they find is asserted.
  readonly data: any;
}

export interface Listening {
  readonly status: number;
  readonly headers: Headers;
  /** Heard so far. */
  readonly events: readonly ServerEvent[];
  /** All events, once the server has ended the stream; rejects when it was broken off instead. */
  readonly ended: Promise<readonly ServerEvent[]>;
  close(): void;
}

/** Opens a stream of server-sent events. */
export async function listen(
  url: string,
  path: string,
  headers: Record<string, string> = {},
  as?: Person | null,
): Promise<Listening> {
  const leaving = new AbortController();
  const response = await fetch(url + path, { headers: signedIn({ as, headers }), signal: leaving.signal });
  const events: ServerEvent[] = [];
  const ended = hear(response, events);
  ended.catch(() => undefined);
  return {
    status: response.status,
    headers: response.headers,
    events,
    ended,
    close: () => {
      leaving.abort();
    },
  };
}

async function hear(response: Response, events: ServerEvent[]): Promise<readonly ServerEvent[]> {
  let text = '';
  for await (const piece of response.body!.pipeThrough(new TextDecoderStream())) {
    const blocks = (text + piece).split('\n\n');
    text = blocks.pop() ?? '';
    events.push(...blocks.map(eventOf).filter((event) => event !== null));
  }
  return events;
}

/** Null for a comment, and for settings that come without data. */
function eventOf(block: string): ServerEvent | null {
  const fields = Object.fromEntries(block.split('\n').map((line) => line.split(/: ?(.*)/s, 2) as [string, string]));
  if (fields.data === undefined) return null;
  return { id: fields.id ?? '', event: fields.event ?? 'message', data: JSON.parse(fields.data) };
}
