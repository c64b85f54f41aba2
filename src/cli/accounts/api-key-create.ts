import { argumentsOf, noArguments, required } from '../arguments.js';
import type { Command } from '../command.js';

const OPTIONS = {
  email: { type: 'string' },
  name: { type: 'string' },
  scopes: { type: 'string' },
  'expires-at': { type: 'string' },
} as const;

const USAGE = `--email EMAIL --name NAME [options]
  --email EMAIL      of the account that it is for
  --name NAME        what it is for
  --scopes LIST      with commas between; else all but admin
  --expires-at TIME  ISO 8601; else never`;

export const apiKeyCreate: Command = {
  name: 'api-key create',
  summary: 'Makes an API key, in the database itself; shows it this once',
  usage: USAGE,
  run: async (args) => {
    const { values, positionals } = argumentsOf(args, OPTIONS);
    noArguments(positionals);
    const wanted = {
      email: required(values.email, '--email'),
      name: required(values.name, '--name'),
      scopes: values.scopes?.split(',').map((scope) => scope.trim()),
      expires_at: values['expires-at'],
    };
    // A scope exists once the routes that require it are loaded.
    await import('../../app.module.js');
    const { asOperator } = await import('./as-operator.js');
    const { key, scopes, expires_at } = await asOperator((operator) => operator.makeKey(wanted));
    // The key alone is on standard output, so that a script can read it.
    process.stdout.write(`${key}\n`);
    process.stderr.write(
      `For ${scopes.join(', ')}, ${expires_at ? `until ${expires_at.toISOString()}` : 'for ever'}.\n`,
    );
    return 0;
  },
};
