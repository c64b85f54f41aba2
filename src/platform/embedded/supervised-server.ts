import { rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from './free-port.js';
import type { Log } from './log.js';
import type { ServerChild } from './server-child.js';
import type { Remedy, ServerPlan } from './server-plan.js';
import { endLeftover } from './server-record.js';
import { remedyFor, startServer } from './server-start.js';

/** A server as the one who asked for it sees it. */
export interface RunningServer {
  readonly url: string;
  stop(): Promise<void>;
}

/** How long the first start goes on when a remedy is known for its failure. */
const FIRST_START_TIMEOUT_MS = 30_000;
const BACK_OFF_MS = [100, 250, 500, 1000, 2000, 5000];
/** After a life of this length the back-off begins anew. */
const STEADY_MS = 60_000;
const LOG_CHECK_INTERVAL_MS = 60_000;

/** One server, started again on the same port whenever it ends before it is told to. */
export class SupervisedServer {
  private readonly stopping = new AbortController();
  private readonly stopped = new Promise<undefined>((resolve) => {
    this.stopping.signal.addEventListener('abort', () => {
      resolve(undefined);
    });
  });
  private supervision = Promise.resolve();
  private failures = 0;
  private port = 0;

  constructor(
    private readonly plan: ServerPlan,
    private readonly log: Log,
    private readonly choosePort = freePort,
  ) {}

  /** Starts the server on a free port of 127.0.0.1, and returns the port when the server is ready. */
  async start(): Promise<number> {
    const leftover = await endLeftover(this.plan.record, this.plan.ending);
    if (leftover !== undefined)
      this.log(`${this.plan.name} was left running and has been ended`, { server_pid: leftover });
    this.supervision = this.supervise(await this.firstLife());
    return this.port;
  }

  /** Ends the server, or the attempt to start it again. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.supervision;
  }

  private async firstLife(): Promise<ServerChild> {
    const deadline = performance.now() + FIRST_START_TIMEOUT_MS;
    this.port = await this.choosePort();
    for (;;) {
      try {
        return await startServer(this.plan, this.port, this.log, this.stopping.signal);
      } catch (error) {
        const remedy = remedyFor(error, this.plan);
        if (!remedy || performance.now() > deadline) throw error;
        if (remedy === 'another_port') this.port = await this.choosePort();
        if (remedy === 'fresh_data') await this.plan.startAfresh?.();
        await sleep(50);
      }
    }
  }

  private async supervise(first: ServerChild): Promise<void> {
    const logCheck = setInterval(() => void this.boundLog(), LOG_CHECK_INTERVAL_MS).unref();
    let child: ServerChild | undefined = first;
    while (child) {
      const begun = performance.now();
      const exit = await Promise.race([child.ended, this.stopped]);
      if (!exit) break;
      if (performance.now() - begun > STEADY_MS) this.failures = 0;
      this.log(`${this.plan.name} has ended unexpectedly and is started again`, { ...exit, port: this.port });
      child = await this.nextLife();
    }
    clearInterval(logCheck);
    await this.finish(child);
  }

  private async boundLog(): Promise<void> {
    try {
      await this.plan.output.keepBounded();
    } catch (error) {
      this.log(`The log of ${this.plan.name} could not be shortened`, { reason: String(error) });
    }
  }

  /** Tries until the server is ready again; undefined when it is no longer wanted. */
  private async nextLife(): Promise<ServerChild | undefined> {
    let remedy: Remedy | undefined;
    while (await this.wait()) {
      this.failures += 1;
      try {
        if (remedy === 'fresh_data') await this.plan.startAfresh?.();
        return await startServer(this.plan, this.port, this.log, this.stopping.signal);
      } catch (error) {
        remedy = remedyFor(error, this.plan);
        if (this.stopping.signal.aborted) break;
        this.log(`${this.plan.name} could not be started again yet`, { attempt: this.failures, reason: String(error) });
      }
    }
    return undefined;
  }

  /** Sleeps for the back-off; false when the server is no longer wanted. */
  private async wait(): Promise<boolean> {
    const milliseconds = BACK_OFF_MS[Math.min(this.failures, BACK_OFF_MS.length - 1)];
    await Promise.race([sleep(milliseconds, undefined, { ref: false }), this.stopped]);
    return !this.stopping.signal.aborted;
  }

  private async finish(child: ServerChild | undefined): Promise<void> {
    if (child && !(await child.end())) this.log(`${this.plan.name} did not end`, { server_pid: child.identity.pid });
    await rm(this.plan.record, { force: true });
  }
}
