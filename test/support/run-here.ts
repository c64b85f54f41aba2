import { runCommand } from '../../src/cli/run-command.js';

/** How a command ended. */
export interface Ending {
  readonly code: unknown;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a command of the command line in this process, as `dist/facet.js` does in one of its own. It inherits nothing of the
 * environment but the path.
 */
export async function runHere(words: readonly string[], variables: Record<string, string>): Promise<Ending> {
  const written = { stdout: '', stderr: '' };
  const catchIn = (name: 'stdout' | 'stderr') =>
    jest.spyOn(process[name], 'write').mockImplementation((text) => {
      written[name] += String(text);
      return true;
    });
  const spies = [catchIn('stdout'), catchIn('stderr')];
  const { env } = process;
  process.env = { PATH: env.PATH, ...variables };
  try {
    return { code: await runCommand(words), ...written };
  } finally {
    process.env = env;
    for (const spy of spies) spy.mockRestore();
  }
}
