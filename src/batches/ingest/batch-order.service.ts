import { Injectable } from '@nestjs/common';
import { requestedWork } from '../../analysis/upload/requested-work.js';
import { Environment } from '../../platform/config/environment.js';
import { validationFailed } from '../../platform/errors.js';
import type { BatchAnalyzer } from '../batches.entity.js';
import { type BatchForm, nameOfFile } from './batch-form.js';
import { analyzerNotConfigured } from './ingest.errors.js';

/** What is to be done with every row of an upload. */
export interface BatchOrder {
  readonly name: string;
  readonly analyzer: BatchAnalyzer;
  readonly features: readonly string[];
  readonly options: Readonly<Record<string, unknown>>;
  readonly chunkSize: number;
  readonly start: boolean;
  readonly dryRun: boolean;
}

@Injectable()
export class BatchOrderService {
  constructor(private readonly environment: Environment) {}

  /** @throws validation_failed, analyzer_not_configured */
  of(form: BatchForm, filename: string): BatchOrder {
    const analyzer = form.analyzer ?? (this.environment.API_ENDPOINT_URL ? 'external' : 'image');
    if (analyzer === 'external' && !this.environment.API_ENDPOINT_URL) throw analyzerNotConfigured();
    return {
      name: form.name ?? nameOfFile(filename),
      analyzer,
      ...(analyzer === 'image' ? requestedWork('image', form) : externalWork(form)),
      chunkSize: form.chunkSize ?? this.environment.CHUNK_SIZE,
      start: form.start,
      dryRun: form.dryRun,
    };
  }
}

/** The external AI knows its options itself; features are of ours. */
function externalWork({ features, options }: BatchForm): Pick<BatchOrder, 'features' | 'options'> {
  if (features) throw validationFailed([{ field: 'features', message: 'belongs to the analyzer image' }]);
  return { features: [], options: objectOf(options) };
}

function objectOf(json: string | undefined): Record<string, unknown> {
  if (!json?.trim()) return {};
  try {
    const value: unknown = JSON.parse(json);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // Said below, like every other text that is not a JSON object.
  }
  throw validationFailed([{ field: 'options', message: 'must be a JSON object' }]);
}
