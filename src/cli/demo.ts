import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { argumentsOf, noArguments } from './arguments.js';
import { type Command, CommandError } from './command.js';

const SCRIPT = join(import.meta.dirname, '../../scripts/demo.mjs');

const USAGE = `[options]
  --keep             leaves Facet running afterwards, until Ctrl-C`;

export const demo: Command = {
  name: 'demo',
  summary: 'Boots Facet with data of its own and shows what it finds in media made on the spot',
  usage: USAGE,
  run: async (args) => {
    const { values, positionals } = argumentsOf(args, { keep: { type: 'boolean' } });
    noArguments(positionals);
    if (!existsSync(SCRIPT)) throw new CommandError('The demo is part of the sources, and not here.');
    return runScript(values.keep ? ['--keep'] : []);
  },
};

/** Runs the script on this terminal; returns its exit code. */
async function runScript(args: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, [SCRIPT, ...args], { stdio: 'inherit' });
  // A terminal sends Ctrl-C to both: the script has to end first, for it ends Facet.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  const [code] = (await once(child, 'exit')) as [number | null];
  return code ?? 1;
}
