import { Injectable } from '@nestjs/common';
import type { BatchAnalyzer } from '../batches.entity.js';
import type { Executor } from './executor.js';
import { ExternalExecutor } from './external.executor.js';
import { ImageExecutor } from './image.executor.js';

/** Who answers the rows of which analyzer. */
@Injectable()
export class Executors {
  private readonly byAnalyzer: Readonly<Record<BatchAnalyzer, Executor>>;

  constructor(external: ExternalExecutor, image: ImageExecutor) {
    this.byAnalyzer = { external, image };
  }

  of(analyzer: BatchAnalyzer): Executor {
    return this.byAnalyzer[analyzer];
  }
}
