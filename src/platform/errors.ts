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

/** One line of the catalogue of errors in the README and in OpenAPI. */
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

export const malformedRequest = defineError('malformed_request', 400, 'The request cannot be parsed.');

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

export const validationFailed = defineError(
  'validation_failed',
  422,
  'A field of the request is not valid; details.fields names each one.',
  (fields: FieldError[]) => ({
    message: fields.map(({ field, message }) => `${field}: ${message}`).join('; '),
    details: { fields },
  }),
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
