/** What a caller is told: always `{"error":{code,message,details,request_id}}` with this status. */
export class FacetError extends Error {
  constructor(
    readonly code: string,
    readonly status: number,
    message: string,
    readonly details: Record<string, unknown> | null = null,
    /** Seconds for the `Retry-After` header. */
    readonly retryAfter?: number,
  ) {
    super(message);
    this.name = 'FacetError';
  }
}

/** One line of the catalogue of errors in docs/errors.md and in OpenAPI. */
export interface ErrorDefinition {
  readonly code: string;
  readonly status: number;
  readonly meaning: string;
}

interface Particulars {
  readonly message: string;
  readonly details?: Record<string, unknown>;
  readonly retryAfter?: number;
}

export type ErrorFactory<Args extends unknown[]> = ErrorDefinition & ((...args: Args) => FacetError);

const catalogue = new Map<string, ErrorDefinition>();

/** Every error that has been defined by the modules loaded so far, by code. */
export const errorCatalogue = (): ErrorDefinition[] =>
  [...catalogue.values()].sort((a, b) => a.status - b.status || a.code.localeCompare(b.code));

/** Makes a named error and enters it into the catalogue. */
export function defineError<Args extends unknown[]>(
  code: string,
  status: number,
  meaning: string,
  particulars: (...args: Args) => Particulars = () => ({ message: meaning }),
): ErrorFactory<Args> {
  const definition: ErrorDefinition = { code, status, meaning };
  if (catalogue.has(code)) throw new Error(`The error ${code} is defined twice.`);
  catalogue.set(code, definition);
  const make = (...args: Args) => {
    const { message, details, retryAfter } = particulars(...args);
    return new FacetError(code, status, message, details ?? null, retryAfter);
  };
  return Object.assign(make, definition);
}

export interface FieldError {
  readonly field: string;
  readonly message: string;
}

/** Fields that one refusal names at most. */
const MAX_FIELDS = 20;

/** Characters of a field's name, which is the caller's, and of what is said about it. */
const [MAX_NAME_LENGTH, MAX_MESSAGE_LENGTH] = [100, 400];

/** Bytes of JSON that the named fields take; they are in the message a second time. */
const FIELDS_BYTES = 3500;

const shortened = ({ field, message }: FieldError): FieldError => ({
  field: field.slice(0, MAX_NAME_LENGTH).toWellFormed(),
  message: message.slice(0, MAX_MESSAGE_LENGTH).toWellFormed(),
});

/** Returns the first of the items: as many as fit into so many bytes of JSON, and one at least. */
export function firstThatFit<Item>(items: readonly Item[], maxBytes: number): Item[] {
  let bytes = 0;
  const beyond = items.findIndex((item, index) => {
    bytes += Buffer.byteLength(JSON.stringify(item)) + 1;
    return index > 0 && bytes > maxBytes;
  });
  return items.slice(0, beyond < 0 ? items.length : beyond);
}

export const malformedRequest = defineError(
  'malformed_request',
  400,
  'The request cannot be parsed.',
  (message?: string) => ({ message: message ?? 'The request cannot be parsed.' }),
);

export const unauthenticated = defineError(
  'unauthenticated',
  401,
  'The request carries no valid access token or API key.',
);

export const forbidden = defineError('forbidden', 403, 'The caller may not do this.');

export const scopeMissing = defineError(
  'scope_missing',
  403,
  'The API key was not made for this; details.scope names what it lacks.',
  (scope: string) => ({ message: `The API key lacks the scope ${scope}.`, details: { scope } }),
);

export const routeNotFound = defineError('route_not_found', 404, 'There is no such route.');

export const bodyTooLarge = defineError('body_too_large', 413, 'The body of the request is too large.');

export const unsupportedContentType = defineError(
  'unsupported_content_type',
  415,
  'The route does not take a body of this content type.',
);

export const expectationFailed = defineError(
  'expectation_failed',
  417,
  'The request expects something other than `100-continue`.',
);

export const validationFailed = defineError(
  'validation_failed',
  422,
  'A field is not valid; details.fields names at most 20, details.more counts the others.',
  (faults: FieldError[]) => {
    const fields = firstThatFit(faults.slice(0, MAX_FIELDS).map(shortened), FIELDS_BYTES);
    const more = faults.length - fields.length;
    const parts = fields.map(({ field, message }) => `${field}: ${message}`);
    return {
      message: [...parts, ...(more > 0 ? [`and ${more} more`] : [])].join('; '),
      details: more > 0 ? { fields, more } : { fields },
    };
  },
);

export const requestTimedOut = defineError('request_timed_out', 408, 'The request was not sent completely in time.');

export const internalError = defineError('internal_error', 500, 'Something went wrong on our side.');

export const dependencyUnavailable = defineError(
  'dependency_unavailable',
  503,
  'A service that Facet needs is not available; try again shortly.',
  () => ({ message: 'A service that Facet needs is not available; try again shortly.', retryAfter: 5 }),
);

export const storageFull = defineError(
  'storage_full',
  507,
  'The disk of the server has no room for the file; nothing of it was kept.',
  () => ({ message: 'The disk of the server has no room for the file; nothing of it was kept.', retryAfter: 60 }),
);
