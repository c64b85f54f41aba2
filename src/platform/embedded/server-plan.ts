import type { TerminationStep } from './process-identity.js';
import type { Launch } from './server-child.js';
import type { ServerLog } from './server-log.js';

/** What a server that ended during its start needs before it is started again. */
export type Remedy = 'another_port' | 'patience' | 'fresh_data';

/** All that differs between PostgreSQL and Redis for the one who starts and watches them. */
export interface ServerPlan {
  readonly name: string;
  /** The file that names the running process. */
  readonly record: string;
  readonly output: ServerLog;
  readonly ending: readonly TerminationStep[];
  /** What the server writes when a remedy is known. */
  readonly remedies: readonly (readonly [pattern: RegExp, remedy: Remedy])[];
  launch(port: number): Launch;
  /** Whether the server with this process number answers on this port by its own protocol. */
  isReady(port: number, pid: number): Promise<boolean>;
  /** Clears what an earlier life left in the way, once that life has ended. */
  tidy(): Promise<void>;
  /** Puts data that the server cannot read aside; only a server whose data may be lost knows this remedy. */
  startAfresh?(): Promise<void>;
}
