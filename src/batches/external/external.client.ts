import type { Environment } from '../../platform/config/environment.js';
import { checkJson } from '../../platform/http/bounds/json-bounds.js';
import { OutboundFailure } from '../../platform/outbound/outbound.failure.js';
import type { OutboundService } from '../../platform/outbound/outbound.service.js';
import { UNLIMITED } from '../../platform/outbound/scheduling/politeness-policy.js';
import { ErrorResponse, readable } from '../../platform/outbound/transport/classify.js';
import type { Headers, RequestLimits } from '../../platform/outbound/transport/outbound-request.js';
import { type ExternalCall, type ExternalFormat, isObject } from './external-call.js';
import { jsonFormat } from './json-format.js';
import { openAiFormat } from './openai-format.js';

/** Bytes of one answer; a result is stored with its row. */
const MAX_ANSWER_BYTES = 4_194_304;

/** Levels of one answer at most: PostgreSQL takes no JSON of thousands, and would refuse the others of its chunk too. */
const ANSWER_BOUNDS = { depth: 200, values: Infinity, nameLength: Infinity };

/** The external AI that the operator has named by API_ENDPOINT_URL. */
export class ExternalClient {
  private readonly url: string;
  private readonly format: ExternalFormat;
  private readonly headers: Headers;
  private readonly limits: RequestLimits;
  /** As circuits and statistics know it; empty when there is none. */
  readonly host: string;

  constructor(
    environment: Environment,
    private readonly outbound: OutboundService,
  ) {
    const { API_ENDPOINT_URL, API_ENDPOINT_KEY, API_ENDPOINT_FORMAT, API_ENDPOINT_MODEL } = environment;
    this.url = API_ENDPOINT_URL ?? '';
    this.host = API_ENDPOINT_URL ? new URL(API_ENDPOINT_URL).host : '';
    this.format = API_ENDPOINT_FORMAT === 'openai' ? openAiFormat(API_ENDPOINT_MODEL) : jsonFormat;
    const seconds = environment.REQUEST_TIMEOUT;
    this.limits = { ...outbound.limits, firstByteSeconds: seconds, totalSeconds: seconds, maxBytes: MAX_ANSWER_BYTES };
    this.headers = Object.entries({
      'content-type': 'application/json',
      accept: 'application/json',
      ...(API_ENDPOINT_KEY ? { authorization: `Bearer ${API_ENDPOINT_KEY}` } : {}),
    }).flat();
  }

  get configured(): boolean {
    return this.url !== '';
  }

  /**
   * Returns the result, as JSON on one line.
   * @throws OutboundFailure, or the reason of the signal.
   */
  ask(call: ExternalCall): Promise<string> {
    const { ownerId, signal, idempotencyKey } = call;
    const answer = this.outbound.fetch({
      url: this.url,
      ownerId,
      politeness: UNLIMITED,
      method: 'POST',
      headers: [...this.headers, 'idempotency-key', idempotencyKey],
      body: JSON.stringify(this.format.ask(call)),
      ...(signal ? { signal } : {}),
      limits: this.limits,
    });
    return answer.then(({ body }) => this.read(body.toString('utf8')), failWithReason);
  }

  private read(text: string): string {
    const answer = parsed(text);
    const result = isObject(answer) ? this.format.read(answer, text) : null;
    if (result !== null) return result;
    const wanted = isObject(answer) ? 'has no message' : 'is no JSON object';
    throw new OutboundFailure('bad_response', `The answer ${wanted}: ${readable(text)}`);
  }
}

/**
 * The operator's own endpoint says in its body what is wrong, which helps its callers.
 * @throws the failure with the beginning of the body
 */
function failWithReason(error: unknown): never {
  if (!(error instanceof ErrorResponse)) throw error;
  const { failure, response, retryAfter } = error;
  const reason = readable(response.body.toString('utf8'));
  throw new OutboundFailure(failure, reason ? error.message.replace(/\.$/, `: ${reason}`) : error.message, retryAfter);
}

function parsed(text: string): unknown {
  try {
    checkJson(text, ANSWER_BOUNDS);
  } catch {
    throw new OutboundFailure('bad_response', `The answer has more than ${ANSWER_BOUNDS.depth} levels of JSON`);
  }
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
