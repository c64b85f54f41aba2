import type { IncomingHttpHeaders } from 'node:http';
import { util } from 'undici';
import type { BodySink } from './body-sink.js';

/** A response whose body has been received, as far as its sink takes it. Headers are parsed when they are asked for. */
export class ReceivedResponse {
  private parsed: IncomingHttpHeaders | undefined;

  /** @param rawHeaders names and values in turn, as undici passes them. */
  constructor(
    readonly status: number,
    private readonly rawHeaders: Buffer[],
    private readonly sink: BodySink,
    /** Whether the body had more bytes than the sink takes. */
    readonly truncated: boolean,
  ) {}

  get headers(): IncomingHttpHeaders {
    return (this.parsed ??= util.parseHeaders(this.rawHeaders));
  }

  /** Empty when it went into a file. */
  get body(): Buffer {
    return this.sink.bytes;
  }
}

/** Returns the value of a header by its name in lower case; empty when it is missing. */
export function headerOf(rawHeaders: readonly Buffer[], name: string): string {
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const given = rawHeaders[at];
    if (given?.length === name.length && given.toString('latin1').toLowerCase() === name)
      return rawHeaders[at + 1]?.toString('latin1') ?? '';
  }
  return '';
}
