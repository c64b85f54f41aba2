/** What is told of an analysis, by `type`; the event's `id` is the analysis's. */
export const ANALYSIS_EVENTS = {
  /** A worker has claimed it. */
  started: 'analysis.started',
  /** A worker has given it back, or it has come further. */
  progress: 'analysis.progress',
  completed: 'analysis.completed',
  failed: 'analysis.failed',
  cancelled: 'analysis.cancelled',
  removed: 'analysis.removed',
} as const;
