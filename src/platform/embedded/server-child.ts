import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { startParentDeathWatchdog } from './parent-death-watchdog.js';
import type { Log } from './log.js';
import { type TerminationStep, endProcess, identify, type ProcessIdentity } from './process-identity.js';
import type { ServerLog } from './server-log.js';
import { writeRecord } from './server-record.js';
import type { ServiceAccount } from './service-account.js';

export interface Launch {
  readonly program: string;
  readonly args: readonly string[];
  /** Working directory, entered before the account is changed. */
  readonly directory: string;
  readonly account: ServiceAccount | undefined;
  /** What the server reads on its standard input. */
  readonly input: string;
}

/** What does not change from one start of a server to the next. */
export interface Keeping {
  /** The file that names the running process. */
  readonly record: string;
  readonly output: ServerLog;
  readonly ending: readonly TerminationStep[];
  readonly log: Log;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/**
 * The shell waits for one line and then becomes the server, under the same process number. Until the line comes the
 * process can be recorded and watched; if Facet dies first, the end of the input ends the shell and nothing was started.
 */
const GATE = 'IFS= read -r line && exec "$@"';

/** One life of a server, in a session of its own: Ctrl-C in a terminal reaches Facet, which ends it when it is time. */
export class ServerChild {
  private constructor(
    readonly identity: ProcessIdentity,
    readonly ended: Promise<Exit>,
    private readonly ending: readonly TerminationStep[],
  ) {}

  static async start(launch: Launch, { record, output, ending, log }: Keeping): Promise<ServerChild> {
    const child = await spawnAtGate(launch, output);
    const ended = new Promise<Exit>((resolve) => {
      child.once('exit', (code, signal) => {
        resolve({ code, signal });
      });
    });
    const identity = await identify(child.pid ?? 0);
    if (!identity) throw new Error('An embedded server has ended before it was started.');
    await writeRecord(record, identity);
    void ended.then(startParentDeathWatchdog(identity.pid, ending, log));
    // A server that ends without reading its input is told by its exit.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(`\n${launch.input}`);
    return new ServerChild(identity, ended, ending);
  }

  end(): Promise<boolean> {
    return endProcess(this.identity, this.ending);
  }
}

async function spawnAtGate({ program, args, directory, account }: Launch, output: ServerLog): Promise<ChildProcess> {
  const file = await output.open();
  try {
    const child = spawn('/bin/sh', ['-c', GATE, 'facet-gate', program, ...args], {
      ...(account && { uid: account.uid, gid: account.gid }),
      cwd: directory,
      // Nothing of Facet's environment: it holds secrets, and PG… variables would steer the server.
      env: { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' },
      detached: true,
      stdio: ['pipe', file.fd, file.fd],
    });
    child.unref();
    await once(child, 'spawn');
    return child;
  } finally {
    await file.close();
  }
}
