import type { AnalysisTask, Artifact, FileType } from '../analyzer.js';

/** What the worker asks of an analyzer process; one at a time. */
export interface TaskMessage {
  readonly fileType: FileType;
  readonly task: AnalysisTask;
  readonly workDirectory: string;
  readonly ffmpeg: { readonly ffmpeg: string; readonly ffprobe: string };
  readonly models: string;
  /** Milliseconds that the attempt may take. */
  readonly timeout: number;
}

/** What the process says while it works, ending with `done` or `failed`. */
export type ProcessMessage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'progress'; readonly percent: number; readonly message: string }
  | { readonly kind: 'report'; readonly error: string }
  | { readonly kind: 'done'; readonly results: string; readonly artifacts: Artifact[] }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string };

/** How one attempt ended, from the worker's point of view. */
export type Outcome =
  | { readonly kind: 'done'; readonly results: string; readonly artifacts: Artifact[] }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string }
  | { readonly kind: 'timed_out' }
  | { readonly kind: 'aborted' }
  | { readonly kind: 'crashed'; readonly reason: string };
