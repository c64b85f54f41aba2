/** What the log says of an error. */
export interface ErrorDescription {
  readonly type: string;
  readonly message: string;
  readonly stack?: string;
  readonly code?: unknown;
  readonly cause?: unknown;
  /** Of an AggregateError, whose own message says little. */
  readonly errors?: unknown[];
}

/** Causes of causes that are followed at most; a cause may lead back to its error. */
const DEPTH = 5;

/**
 * Names what is logged, for libraries hang more on their errors: TypeORM the statement with its parameters, among them
 * hashes of passwords and what people have typed, and PostgreSQL the row at fault.
 */
export function describeError(error: unknown, depth = DEPTH): ErrorDescription | string {
  if (!isErrorLike(error)) return String(error);
  const { name, message, stack, code, cause, errors } = error;
  const inner = (one: unknown) => (depth > 0 ? describeError(one, depth - 1) : String(one));
  return {
    type: name,
    message,
    stack,
    ...(isCode(code) && { code }),
    ...(cause !== undefined && { cause: inner(cause) }),
    ...(Array.isArray(errors) && { errors: errors.map(inner) }),
  };
}

type ErrorLike = Error & { readonly code?: unknown; readonly errors?: unknown };

/** An error from a thread or another realm is an instance of nothing here. */
const isErrorLike = (value: unknown): value is ErrorLike =>
  typeof value === 'object' && value !== null && typeof (value as Partial<ErrorLike>).message === 'string';

const isCode = (code: unknown): boolean => typeof code === 'string' || typeof code === 'number';
