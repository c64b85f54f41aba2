import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { JobFailure } from '../jobs/job-errors.js';
import {
  type Claim,
  type ClaimedJob,
  type Ending,
  type FinalStatus,
  type JobContext,
  type JobKind,
  NEVER,
  RegisterJobKind,
} from '../jobs/job.kind.js';
import type { FileType } from '../media/media-type/file-types.js';
import { Environment } from '../platform/config/environment.js';
import type { SandboxOutcome } from '../sandbox/messages.js';
import { SandboxService } from '../sandbox/sandbox.service.js';
import type { FileRow } from '../files/files.queries.js';
import { FilesService } from '../files/files.service.js';
import { DiskFailure } from '../platform/disk/disk-failure.js';
import { analysisTimedOut, analyzerCrashed, diskExhausted, MAX_CRASHES } from './analysis.failures.js';
import { analyzeTaskMessage } from './analyze-task-message.js';
import type { AnalysisOptions } from './analyzer.js';
import { ArtifactKeeper } from './jobs/artifact-keeper.js';
import { saveProcessingTime, saveResults } from './analysis.queries.js';

export const ANALYSES = 'analyses';

interface AnalysisWork {
  readonly file_type: FileType;
  readonly media_type: string;
  readonly storage_key: string;
  readonly features: string[];
  readonly options: AnalysisOptions;
}

interface Analyzed {
  /** JSON. */
  readonly results: string;
  /** Put, and kept with the results. */
  readonly artifacts: readonly FileRow[];
}

/** Analyzing one file, in a sandbox process. */
@Injectable()
@RegisterJobKind()
export class AnalysisKind implements JobKind<AnalysisWork, Analyzed> {
  readonly name = ANALYSES;
  readonly table = 'analyses';
  readonly columns = 'file_type, media_type, storage_key, features, options';
  readonly lane = 'cpu';
  readonly event = 'analysis';
  readonly clearsOnRestart = ['processing_time'];
  readonly needsDirectory = true;
  readonly maxCrashes = MAX_CRASHES;
  readonly poison = analyzerCrashed();
  readonly outOfRoom = diskExhausted();
  readonly retry = NEVER;

  constructor(
    private readonly environment: Environment,
    private readonly artifacts: ArtifactKeeper,
    private readonly files: FilesService,
    private readonly sandbox: SandboxService,
  ) {}

  timeoutSeconds({ file_type }: AnalysisWork): number {
    const { IMAGE_TIMEOUT, VIDEO_TIMEOUT, DOCUMENT_TIMEOUT } = this.environment;
    return { image: IMAGE_TIMEOUT, video: VIDEO_TIMEOUT, document: DOCUMENT_TIMEOUT }[file_type];
  }

  timedOut(work: AnalysisWork): JobFailure {
    const { code, message } = analysisTimedOut(this.timeoutSeconds(work));
    return new JobFailure(code, message);
  }

  async run(job: Claim<AnalysisWork>, context: JobContext): Promise<Analyzed> {
    const outcome = await this.files.withLocalFile(job, (path) => this.analyze(job, path, context));
    switch (outcome.kind) {
      case 'done':
        return {
          results: outcome.results,
          artifacts: await this.artifacts.put(job, outcome.artifacts, context.workDirectory),
        };
      case 'failed':
        throw new JobFailure(outcome.code, outcome.message);
      case 'timed_out':
        throw this.timedOut(job);
      case 'crashed':
        throw new Error(`The analyzer process died: ${outcome.reason}`);
      case 'disk_failed':
        throw new DiskFailure(outcome.trouble, outcome.reason);
      case 'aborted':
        throw context.signal.reason;
    }
  }

  async store(db: EntityManager, job: Claim<AnalysisWork>, { results, artifacts }: Analyzed): Promise<void> {
    await saveResults(db, job.id, results);
    await this.files.keep(db, artifacts);
  }

  async ended(db: EntityManager, { id }: ClaimedJob, _status: FinalStatus, seconds: number): Promise<void> {
    await saveProcessingTime(db, id, seconds);
  }

  /** Removes what this attempt or those before it have put and not kept. */
  async cleanUp(job: Pick<ClaimedJob, 'id' | 'attempt'>, ending: Ending): Promise<void> {
    if (ending !== 'completed' || job.attempt > 1) await this.artifacts.removeLeftovers(job);
  }

  private analyze(job: Claim<AnalysisWork>, path: string, context: JobContext): Promise<SandboxOutcome> {
    const { file_type: fileType, media_type: mediaType, features, options } = job;
    const { workDirectory, signal } = context;
    const timeout = this.timeoutSeconds(job) * 1000;
    const task = { path, mediaType, features, options };
    return this.sandbox.run(analyzeTaskMessage(this.environment, { fileType, task }, { workDirectory, timeout }), {
      timeout,
      signal,
      progress: (percent, message) => {
        context.progress(percent, message);
      },
      report: (error) => {
        context.warn('A feature failed', { error });
      },
    });
  }
}
