import { mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import pino, { type Logger } from 'pino';
import type { Environment } from '../config/environment.js';
import { EnvironmentError } from '../config/load-environment.js';
import { describeError } from './describe-error.js';
import { LogDestination } from './log-destination.js';

/**
 * JSON lines on standard output and, with `LOG_FILE`, in a file too.
 * @throws EnvironmentError for a file that cannot be written.
 */
export function createLogger({ LOG_FILE, LOG_LEVEL, ROLE }: Environment): Logger {
  const streams = [new LogDestination(1, 'standard output')];
  if (LOG_FILE) streams.push(new LogDestination(opened(LOG_FILE), LOG_FILE));
  return pino(
    {
      level: LOG_LEVEL,
      base: { role: ROLE, pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { log: withoutReservedKeys },
      serializers: { err: (error: unknown) => describeError(error) },
    },
    pino.multistream(streams.map((stream) => ({ level: 'trace', stream }))),
  );
}

/** What every line has by itself. */
const RESERVED_KEYS = ['level', 'time', 'role', 'pid', 'msg'] as const;

/** Renames fields that every line has by itself: pino would write them a second time, and readers keep either. */
export function withoutReservedKeys(fields: Record<string, unknown>): Record<string, unknown> {
  if (!RESERVED_KEYS.some((key) => key in fields)) return fields;
  const isReserved = (key: string) => (RESERVED_KEYS as readonly string[]).includes(key);
  return Object.fromEntries(
    Object.entries(fields).map(([key, value]) => [isReserved(key) ? `field_${key}` : key, value]),
  );
}

function opened(path: string): number {
  try {
    mkdirSync(dirname(path), { recursive: true });
    return openSync(path, 'a');
  } catch (error) {
    throw new EnvironmentError([`LOG_FILE: ${JSON.stringify(path)} cannot be written: ${(error as Error).message}`]);
  }
}
