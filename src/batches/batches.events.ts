/** What is told of a batch or of all parts of an upload, by `type`; the event's `id` is the batch's or the upload's. */
export const BATCH_EVENTS = {
  /** A worker has claimed its first chunk. */
  started: 'batch.started',
  /** Rows have ended. */
  progress: 'batch.progress',
  completed: 'batch.completed',
  failed: 'batch.failed',
  cancelled: 'batch.cancelled',
  paused: 'batch.paused',
  resumed: 'batch.resumed',
  retried: 'batch.retried',
  removed: 'batch.removed',
} as const;
