import { argumentsOf, noArguments, required } from '../arguments.js';
import { type Command, CommandError } from '../command.js';

const OPTIONS = {
  email: { type: 'string' },
  username: { type: 'string' },
  admin: { type: 'boolean' },
  'password-stdin': { type: 'boolean' },
} as const;

const USAGE = `--email EMAIL --username NAME [options]
  --admin            an administrator
  --password-stdin   takes the password from standard input; else one is made up and shown`;

/** Bytes of standard input that may be a password. */
const LONGEST = 4096;

export const userCreate: Command = {
  name: 'user create',
  summary: 'Makes an account, in the database itself',
  usage: USAGE,
  run: async (args) => {
    const { values, positionals } = argumentsOf(args, OPTIONS);
    noArguments(positionals);
    const wanted = {
      email: required(values.email, '--email'),
      username: required(values.username, '--username'),
      role: values.admin ? ('admin' as const) : ('user' as const),
      password: values['password-stdin'] ? await passwordFrom(process.stdin) : undefined,
    };
    const { asOperator } = await import('./as-operator.js');
    const { account, password } = await asOperator((operator) => operator.makeUser(wanted));
    const { id, username, email, role } = account;
    process.stdout.write(`The ${role === 'admin' ? 'administrator' : 'user'} ${username} (${email}) is made: ${id}\n`);
    if (wanted.password === undefined) process.stdout.write(`Password: ${password}\n`);
    return 0;
  },
};

/** All that comes, but for the end of the line. */
async function passwordFrom(input: AsyncIterable<Buffer | string>): Promise<string> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of input) {
    pieces.push(Buffer.from(piece));
    bytes += piece.length;
    if (bytes > LONGEST) throw new CommandError('What comes from standard input is too long for a password.');
  }
  return Buffer.concat(pieces)
    .toString('utf8')
    .replace(/\r?\n$/, '');
}
