/** What is told of an analysis, by `type`; the event's `id` is the analysis's. */
export const ANALYSIS_EVENTS = {
  progress: 'analysis.progress',
  completed: 'analysis.completed',
  failed: 'analysis.failed',
  cancelled: 'analysis.cancelled',
} as const;
