import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Environment } from '../platform/config/environment.js';
import { SandboxProcess, type TaskWatch } from './sandbox-process.js';
import type { SandboxOutcome, TaskMessage } from './messages.js';

/** The compiled main file of the analyzer process. */
export const SANDBOX_ENTRY = Symbol('SANDBOX_ENTRY');

/** Megabytes that an analyzer process may use. */
const PROCESS_MEMORY_MB = 1536;

/** Tasks after which a process is replaced, so that what native libraries leak stays bounded. */
const MAX_TASKS_PER_PROCESS = 500;

/** Milliseconds that a process may wait for work. */
const MAX_IDLE_MS = 30_000;

interface IdleProcess {
  readonly process: SandboxProcess;
  readonly retirement: NodeJS.Timeout;
}

/** Warm analyzer processes; as many as there are tasks at once, fewer while there is little to do. */
@Injectable()
export class SandboxService implements OnApplicationShutdown {
  private readonly idle: IdleProcess[] = [];
  private readonly busy = new Set<SandboxProcess>();

  constructor(
    private readonly environment: Environment,
    @Inject(SANDBOX_ENTRY) private readonly entry: string,
  ) {}

  async run(task: TaskMessage, watch: TaskWatch): Promise<SandboxOutcome> {
    if (watch.signal.aborted) return { kind: 'aborted' };
    const process = this.acquire();
    this.busy.add(process);
    try {
      return await process.run(task, watch);
    } finally {
      this.busy.delete(process);
      this.release(process);
    }
  }

  async onApplicationShutdown(): Promise<void> {
    const all = [...this.busy, ...this.idle.splice(0).map(({ process }) => process)];
    await Promise.all(all.map((process) => process.kill()));
  }

  private acquire(): SandboxProcess {
    for (let next = this.idle.pop(); next; next = this.idle.pop()) {
      clearTimeout(next.retirement);
      if (next.process.alive) return next.process;
    }
    const { PATH: path, ANALYSIS_NICENESS: niceness } = this.environment;
    return new SandboxProcess(this.entry, { memory: PROCESS_MEMORY_MB, path, niceness });
  }

  private release(process: SandboxProcess): void {
    if (!process.alive || process.tasks >= MAX_TASKS_PER_PROCESS) {
      void process.kill();
      return;
    }
    const retirement = setTimeout(() => {
      this.retire(process);
    }, MAX_IDLE_MS).unref();
    this.idle.push({ process, retirement });
  }

  private retire(process: SandboxProcess): void {
    const place = this.idle.findIndex((candidate) => candidate.process === process);
    if (place < 0) return;
    this.idle.splice(place, 1);
    void process.kill();
  }
}
