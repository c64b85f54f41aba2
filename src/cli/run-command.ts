import { type Command, CommandError } from './command.js';
import { commands } from './commands.js';

const say = (text: string) => process.stdout.write(`${text}\n`);

/** Finds the command that the words name and runs it; returns the exit code. */
export async function runCommand(words: readonly string[]): Promise<number> {
  const command = commands.find(({ name }) => startsWith(words, name.split(' ')));
  if (!command) return explainAll(words);
  const args = words.slice(command.name.split(' ').length);
  if (args.includes('--help')) return explain(command);
  try {
    return await command.run(args);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    process.stderr.write(`${error.message}\n`);
    if (error.exitCode === 2) process.stderr.write(`npm run facet -- ${command.name} --help says more.\n`);
    return error.exitCode;
  }
}

const startsWith = (words: readonly string[], start: readonly string[]) =>
  start.every((word, index) => words[index] === word);

function explain({ name, summary, usage }: Command): number {
  say(`${summary}\n\nnpm run facet -- ${name} ${usage}`);
  return 0;
}

function explainAll(words: readonly string[]): number {
  const width = Math.max(...commands.map(({ name }) => name.length));
  for (const { name, summary } of commands) say(`  ${name.padEnd(width)}  ${summary}`);
  say('\nnpm run facet -- <command> --help says more of each.');
  return words.length === 0 || words[0] === 'help' || words[0] === '--help' ? 0 : 2;
}
