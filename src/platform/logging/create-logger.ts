import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import pino, { type Logger } from 'pino';
import type { Environment } from '../config/environment.js';
import { logContext } from './log-context.js';

/** JSON lines on standard output and, with `LOG_FILE`, in a file too. */
export function createLogger(environment: Environment): Logger {
  const streams: pino.StreamEntry[] = [{ level: 'trace', stream: pino.destination({ fd: 1, sync: false }) }];
  if (environment.LOG_FILE) {
    mkdirSync(dirname(environment.LOG_FILE), { recursive: true });
    streams.push({ level: 'trace', stream: pino.destination({ dest: environment.LOG_FILE, sync: false }) });
  }
  return pino(
    {
      level: environment.LOG_LEVEL,
      base: { role: environment.ROLE, pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      mixin: () => logContext.getStore() ?? {},
    },
    pino.multistream(streams),
  );
}
