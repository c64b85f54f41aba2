import { Injectable } from '@nestjs/common';
import { requestedWork } from '../../analysis/upload/requested-work.js';
import { Environment } from '../../platform/config/environment.js';
import { validationFailed } from '../../platform/errors.js';
import type { JsonBounds } from '../../platform/http/bounds/json-bounds.js';
import { parseJsonField } from '../../platform/http/bounds/json-field.js';
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

  /** @throws validation_failed, malformed_request, analyzer_not_configured */
  of(form: BatchForm, filename: string): BatchOrder {
    const { jsonBounds } = this.environment;
    const analyzer = form.analyzer ?? (this.environment.API_ENDPOINT_URL ? 'external' : 'image');
    if (analyzer === 'external' && !this.environment.API_ENDPOINT_URL) throw analyzerNotConfigured();
    return {
      name: form.name ?? nameOfFile(filename),
      analyzer,
      ...(analyzer === 'image' ? requestedWork('image', form, jsonBounds) : externalWork(form, jsonBounds)),
      chunkSize: form.chunkSize ?? this.environment.CHUNK_SIZE,
      start: form.start,
      dryRun: form.dryRun,
    };
  }
}

/** The external AI knows its options itself; features are of ours. */
function externalWork(
  { features, options }: BatchForm,
  jsonBounds: JsonBounds,
): Pick<BatchOrder, 'features' | 'options'> {
  if (features) throw validationFailed([{ field: 'features', message: 'belongs to the analyzer image' }]);
  return { features: [], options: parseJsonField('options', options, jsonBounds) };
}
