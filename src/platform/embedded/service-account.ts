import { spawn } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { noServiceAccount } from './embedded.errors.js';

/** The account without privileges that a server runs as when Facet itself runs as root. */
export interface ServiceAccount {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/**
 * Who is to run a server: undefined, for ourselves, unless we are root. Data that is there keeps its owner, so that a
 * folder once used by an ordinary user stays his after a start by root; else the first of `names` in the passwd file.
 */
export async function serviceAccount(names: readonly string[], data: string): Promise<ServiceAccount | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const existing = await stat(data).catch(() => undefined);
  if (existing && existing.uid !== 0) return { name: String(existing.uid), uid: existing.uid, gid: existing.gid };
  const passwd = await readFile('/etc/passwd', 'utf8');
  for (const name of names) {
    const account = entryOf(passwd, name);
    if (account) return account;
  }
  throw noServiceAccount(names);
}

/** Whether that account can reach and run the program: it is asked its version, as the account. */
export function canRun(program: string, account: ServiceAccount | undefined): Promise<boolean> {
  return new Promise((resolve) => {
    const identity = account && { uid: account.uid, gid: account.gid };
    const child = spawn(program, ['--version'], { ...identity, cwd: '/', env: {}, stdio: 'ignore', timeout: 10_000 });
    child.once('error', () => {
      resolve(false);
    });
    child.once('exit', (code) => {
      resolve(code === 0);
    });
  });
}

function entryOf(passwd: string, name: string): ServiceAccount | undefined {
  const [, , uid, gid] =
    passwd
      .split('\n')
      .find((line) => line.startsWith(`${name}:`))
      ?.split(':') ?? [];
  // Some systems give "nobody" the number -2; the kernel knows it as the unsigned one.
  const number = (text: string) => Number(text) >>> 0;
  return uid && gid && number(uid) !== 0 ? { name, uid: number(uid), gid: number(gid) } : undefined;
}
