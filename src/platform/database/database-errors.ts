/** SQLSTATE classes and codes, and codes of the socket, that mean: the server is not there, try again. */
const AWAY = /^(08...|57P0[1-4]|53300|ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH)$/;

/** Messages of pg that carry no code, and of TypeORM for a connection that broke between two statements. */
const AWAY_MESSAGE =
  /already released|Connection terminated|timeout exceeded when trying to connect|Connection ended unexpectedly|not queryable|Driver not Connected/i;

/** Whether PostgreSQL could not be reached, as opposed to a statement that it refused. */
export function isDatabaseAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof AggregateError) return error.errors.some(isDatabaseAway);
  const { code } = error as { code?: unknown };
  if (typeof code === 'string' && AWAY.test(code)) return true;
  return AWAY_MESSAGE.test(error.message);
}

/**
 * SQLSTATE classes of what passes by itself: rolled back by a conflict, out of disk or memory, a lock that was not had, a
 * statement that was cancelled.
 */
const PASSES = /^(40|53|55|57)/;

/** Whether the same statement may succeed later. */
export const isTransient = (error: unknown): boolean =>
  isDatabaseAway(error) || PASSES.test(String((error as { code?: unknown }).code));

/** Whether PostgreSQL refused a statement because its disk is full. */
export const isDatabaseFull = (error: unknown): boolean => (error as { code?: unknown } | null)?.code === '53100';
