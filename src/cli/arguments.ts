import { parseArgs, type ParseArgsConfig } from 'node:util';
import { type ClientSettings, clientSettings } from '../platform/config/client-settings.js';
import { CommandError } from './command.js';

/** Options of every command that talks to a running Facet. */
export const CONNECTION = { url: { type: 'string' }, 'api-key': { type: 'string' } } as const;

export const CONNECTION_USAGE = `
  --url URL          where Facet runs; else FACET_URL, else http://127.0.0.1:3000
  --api-key KEY      else FACET_API_KEY`;

/** The arguments taken apart. @throws CommandError for those that the command does not have. */
export function argumentsOf<T extends NonNullable<ParseArgsConfig['options']>>(args: readonly string[], options: T) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (error) {
    throw new CommandError((error as Error).message, 2);
  }
}

/** The one argument that is no option. */
export function onlyArgument(positionals: readonly string[], what: string): string {
  const [only] = positionals;
  if (only === undefined || positionals.length > 1) throw new CommandError(`One ${what} is needed.`, 2);
  return only;
}

/** For commands whose arguments are all options. */
export function noArguments(positionals: readonly string[]): void {
  const [first] = positionals;
  if (first !== undefined) throw new CommandError(`${first} is one argument too many.`, 2);
}

export function required(value: string | undefined, option: string): string {
  if (value === undefined) throw new CommandError(`${option} is needed.`, 2);
  return value;
}

export function connectionOf(values: { readonly url?: string; readonly 'api-key'?: string }): ClientSettings {
  const standard = clientSettings();
  const url = values.url ?? standard.url;
  if (!URL.canParse(url)) throw new CommandError(`${url} is no URL.`, 2);
  return { url, apiKey: values['api-key'] ?? standard.apiKey };
}
