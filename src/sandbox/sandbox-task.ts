import type { Artifact } from './messages.js';

/** What a task gets from the process that runs it. */
export interface SandboxContext {
  /** A folder of its own that is removed afterwards. */
  readonly workDirectory: string;
  /** When the attempt is stopped, in milliseconds since 1970. */
  readonly deadline: number;
  /** @param percent 0–100; the worker keeps it from falling. */
  progress(percent: number, message: string): void;
  /** Announces a file that is kept with the result; returns the path to write it to. */
  artifact(name: Artifact['name'], mediaType: string): string;
  /** Writes an unexpected error to the operators' log; API clients never see it. */
  report(error: unknown): void;
}

/**
 * The export `run` of a task's module. It resolves to an object that can be written as JSON.
 * @throws WorkFailure when the work cannot be done; whatever else it throws counts as a crash.
 */
export type RunTask<Input> = (input: Input, context: SandboxContext) => Promise<Record<string, unknown>>;
