import { AsyncLocalStorage } from 'node:async_hooks';

/** What every line of the log carries while a request or a job is served. */
export interface LogContext {
  readonly request_id?: string;
  readonly analysis_id?: string;
}

export const logContext = new AsyncLocalStorage<LogContext>();
