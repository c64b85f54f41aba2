import { Injectable, Logger } from '@nestjs/common';
import { mkdir } from 'node:fs/promises';
import { Environment } from '../platform/config/environment.js';
import { DiskFailure } from '../platform/disk/disk-failure.js';
import { TemporaryFiles } from '../files/temporary-files.service.js';
import { analysisTimedOut, analyzerCrashed, MAX_CRASHES } from './analysis.failures.js';
import { analyzeTaskMessage } from './analyze-task-message.js';
import type { AnalysisOptions } from './analyzer.js';
import { detectMediaType, type MediaType, mediaTypes } from '../media/media-type/media-type.js';
import { SandboxService } from '../sandbox/sandbox.service.js';
import type { SandboxOutcome, TaskMessage } from '../sandbox/messages.js';
import { SandboxSlots } from '../sandbox/sandbox-slots.js';

/** What to look for in a picture. */
export interface ImageQuestion {
  /** A file on local disk, of whatever kind. */
  readonly path: string;
  readonly features: readonly string[];
  readonly options: AnalysisOptions;
  readonly signal: AbortSignal;
}

export type ImageAnswer =
  | { readonly kind: 'done'; /** JSON. */ readonly results: string }
  | { readonly kind: 'not_an_image' }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string };

/** Analyzes pictures that are no analyses of their own: nothing is kept but what is answered. */
@Injectable()
export class LocalImageService {
  private readonly logger = new Logger(LocalImageService.name);

  constructor(
    private readonly environment: Environment,
    private readonly slots: SandboxSlots,
    private readonly sandbox: SandboxService,
    private readonly temporary: TemporaryFiles,
  ) {}

  /**
   * The image features of a file, in an analyzer process, when there is a place.
   * @throws the signal's reason, or DiskFailure when the disk takes no more
   */
  async analyze(question: ImageQuestion): Promise<ImageAnswer> {
    const mediaType = await detectMediaType(question.path, '');
    if (!mediaType || mediaTypes[mediaType].fileType !== 'image') return { kind: 'not_an_image' };
    return this.slots.run('batch', () => this.analyzeAs(mediaType, question));
  }

  private analyzeAs(mediaType: MediaType, question: ImageQuestion): Promise<ImageAnswer> {
    return this.temporary.during('work', async (workDirectory) => {
      question.signal.throwIfAborted();
      await mkdir(workDirectory);
      const { path, features, options } = question;
      const work = { fileType: 'image', task: { path, mediaType, features, options } } as const;
      const timeout = this.environment.IMAGE_TIMEOUT * 1000;
      return this.attempt(question, analyzeTaskMessage(this.environment, work, { workDirectory, timeout }));
    });
  }

  private async attempt(question: ImageQuestion, task: TaskMessage): Promise<ImageAnswer> {
    for (let crashes = 0; crashes < MAX_CRASHES;) {
      const outcome = await this.run(question, task);
      if (outcome.kind === 'done') return { kind: 'done', results: outcome.results };
      if (outcome.kind === 'failed') return outcome;
      if (outcome.kind === 'disk_failed') throw new DiskFailure(outcome.trouble, outcome.reason);
      if (outcome.kind === 'timed_out') return failure(analysisTimedOut(this.environment.IMAGE_TIMEOUT));
      question.signal.throwIfAborted();
      crashes += 1;
    }
    return failure(analyzerCrashed());
  }

  private run({ signal }: ImageQuestion, task: TaskMessage): Promise<SandboxOutcome> {
    return this.sandbox.run(task, {
      timeout: this.environment.IMAGE_TIMEOUT * 1000,
      signal,
      progress: () => undefined,
      report: (error) => {
        this.logger.warn({ message: 'A feature failed', error });
      },
    });
  }
}

const failure = ({ code, message }: { code: string; message: string }): ImageAnswer => ({
  kind: 'failed',
  code,
  message,
});
