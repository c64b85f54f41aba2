import { defineError } from '../platform/errors.js';
import type { AnalysisStatus } from './analysis.entity.js';

export const analysisNotFound = defineError('analysis_not_found', 404, 'There is no such analysis.');

export const artifactNotFound = defineError('artifact_not_found', 404, 'The analysis has no such artifact.');

export const analysisNotCompleted = defineError(
  'analysis_not_completed',
  409,
  'The analysis has no results yet.',
  (status: AnalysisStatus) => ({ message: `The analysis is ${status}, not completed.`, details: { status } }),
);

export const analysisNotRetryable = defineError(
  'analysis_not_retryable',
  409,
  'Only a failed or cancelled analysis can be tried again.',
  (status: AnalysisStatus) => ({
    message: `The analysis is ${status}; it cannot be tried again.`,
    details: { status },
  }),
);

export const analysisNotCancellable = defineError(
  'analysis_not_cancellable',
  409,
  'Only a queued or processing analysis can be cancelled.',
  (status: AnalysisStatus) => ({ message: `The analysis is ${status}; it cannot be cancelled.`, details: { status } }),
);

export const queueFull = defineError(
  'queue_full',
  429,
  'As many analyses are waiting as QUEUE_SIZE allows.',
  (limit: number, retryAfter: number) => ({
    message: `The queue holds ${limit} waiting analyses; try again in ${retryAfter} s.`,
    details: { limit },
    retryAfter,
  }),
);
