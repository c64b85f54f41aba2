import type { DiskTrouble } from '../platform/disk/disk-failure.js';

/** What the worker sends to a sandbox process; one task at a time. */
export interface TaskMessage {
  /** File URL of the compiled module whose export `run` does the task (`RunTask`). */
  readonly module: string;
  /** What `run` is called with; plain data. */
  readonly input: unknown;
  readonly workDirectory: string;
  /** Milliseconds that the attempt may take. */
  readonly timeout: number;
}

/** A file that a task leaves in its work directory to be kept. */
export interface Artifact {
  readonly name: string;
  readonly mediaType: string;
}

/** What the process sends while it works, ending with `done`, `failed` or `disk_failed`. */
export type ProcessMessage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'progress'; readonly percent: number; readonly message: string }
  | { readonly kind: 'report'; readonly error: string }
  | { readonly kind: 'done'; readonly results: string; readonly artifacts: Artifact[] }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string }
  | DiskFailed;

/** The disk took no more; that says nothing about the file. */
export interface DiskFailed {
  readonly kind: 'disk_failed';
  readonly trouble: DiskTrouble;
  /** For the log: it may hold paths and a library's own words. */
  readonly reason: string;
}

/** How one attempt ended, from the worker's point of view. */
export type SandboxOutcome =
  | { readonly kind: 'done'; readonly results: string; readonly artifacts: Artifact[] }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string }
  | DiskFailed
  | { readonly kind: 'timed_out' }
  | { readonly kind: 'aborted' }
  | { readonly kind: 'crashed'; readonly reason: string };
