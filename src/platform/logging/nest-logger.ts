import type { LoggerService } from '@nestjs/common';
import type { Logger } from 'pino';

/** Where Nest tells of every module and route that it has set up. */
const BOOT_CONTEXTS = ['NestFactory', 'InstanceLoader', 'RoutesResolver', 'RouterExplorer', 'NestApplication'];

/** Nest's own messages, and those of services that log through Nest's `Logger`, in the same JSON lines. */
export class NestLogger implements LoggerService {
  constructor(private readonly pino: Logger) {}

  log(message: unknown, ...rest: unknown[]): void {
    if (BOOT_CONTEXTS.includes(String(rest.at(-1)))) this.debug(message, ...rest);
    else this.pino.info(...entry(message, rest));
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.pino.warn(...entry(message, rest));
  }

  error(message: unknown, ...rest: unknown[]): void {
    this.pino.error(...entry(message, rest));
  }

  fatal(message: unknown, ...rest: unknown[]): void {
    this.pino.fatal(...entry(message, rest));
  }

  debug(message: unknown, ...rest: unknown[]): void {
    this.pino.debug(...entry(message, rest));
  }

  verbose(message: unknown, ...rest: unknown[]): void {
    this.pino.trace(...entry(message, rest));
  }
}

/** Nest passes the context's name last and, for errors, a stack before it. */
function entry(message: unknown, rest: unknown[]): [Record<string, unknown>, string] {
  const context = rest.at(-1);
  const fields: Record<string, unknown> = typeof context === 'string' ? { context } : {};
  if (rest.length > 1 && typeof rest[0] === 'string') fields.stack = rest[0];
  if (message instanceof Error) return [{ ...fields, err: message }, message.message];
  if (typeof message !== 'object' || message === null) return [fields, String(message)];
  const { message: text, ...more } = message as Record<string, unknown>;
  return [{ ...fields, ...more }, typeof text === 'string' ? text : ''];
}
