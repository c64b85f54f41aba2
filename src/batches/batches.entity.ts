import { FAILURE_CLASSES } from '../platform/outbound/outbound.failure.js';

export const BATCH_STATUSES = ['queued', 'processing', 'paused', 'completed', 'failed', 'cancelled'] as const;
export type BatchStatus = (typeof BATCH_STATUSES)[number];

/** What a batch comes to at last. */
export const FINAL_STATUSES: readonly BatchStatus[] = ['completed', 'failed', 'cancelled'];

/** Who works on the rows: an AI behind HTTP, or the image features of this installation. */
export const BATCH_ANALYZERS = ['external', 'image'] as const;
export type BatchAnalyzer = (typeof BATCH_ANALYZERS)[number];

/** Why a row failed. */
export const ERROR_CLASSES = [...FAILURE_CLASSES, 'analysis_failed'] as const;
export type ErrorClass = (typeof ERROR_CLASSES)[number];
