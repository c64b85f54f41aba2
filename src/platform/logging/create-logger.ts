import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import pino, { type Logger } from 'pino';
import type { Environment } from '../config/environment.js';
import { describeError } from './describe-error.js';

/** Lines are written when so many bytes of them have come together, or after so many milliseconds. */
const TOGETHER = { minLength: 4096, periodicFlush: 100 };

/** JSON lines on standard output and, with `LOG_FILE`, in a file too. */
export function createLogger(environment: Environment): Logger {
  const streams: pino.StreamEntry[] = [streamTo({ fd: 1 })];
  if (environment.LOG_FILE) {
    mkdirSync(dirname(environment.LOG_FILE), { recursive: true });
    streams.push(streamTo({ dest: environment.LOG_FILE }));
  }
  return pino(
    {
      level: environment.LOG_LEVEL,
      base: { role: environment.ROLE, pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: { err: (error: unknown) => describeError(error) },
    },
    pino.multistream(streams),
  );
}

const streamTo = (where: { fd: number } | { dest: string }): pino.StreamEntry => ({
  level: 'trace',
  stream: pino.destination({ ...where, ...TOGETHER, sync: false }),
});
