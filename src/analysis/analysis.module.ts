import { BullModule } from '@nestjs/bull';
import { type DynamicModule, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import type { Environment } from '../platform/config/environment.js';
import { IdempotencyService } from '../platform/http/idempotency/idempotency.service.js';
import { FilesModule } from '../files/files.module.js';
import { AnalysisController } from './analysis.controller.js';
import { Analysis } from './analysis.entity.js';
import { AnalysisQueueService } from './jobs/analysis-queue.service.js';
import { AnalysisProcessor } from './jobs/analysis.processor.js';
import { AnalysisRowsService } from './analysis.rows.service.js';
import { AnalysisRunner } from './jobs/analysis.runner.js';
import { AnalysisService } from './analysis.service.js';
import { AnalysisSweeper } from './jobs/analysis.sweeper.js';
import { ArtifactKeeper } from './jobs/artifact-keeper.js';
import { AttemptService } from './jobs/attempt.service.js';
import { ANALYSES, DoorbellService } from './jobs/doorbell.service.js';
import { IntakeService } from './upload/intake.service.js';
import { UploadSlots } from './upload/upload-slots.js';
import { LocalImageService } from './local-image.service.js';
import { ProgressService } from './jobs/progress.service.js';
import { VisionModule } from '../vision/vision.module.js';
import { SandboxModule } from '../sandbox/sandbox.module.js';

const shared = [AnalysisRowsService, DoorbellService, IdempotencyService, ProgressService];
const api = [AnalysisQueueService, AnalysisService, IntakeService, UploadSlots];
const worker = [AnalysisProcessor, AnalysisRunner, AnalysisSweeper, ArtifactKeeper, AttemptService, LocalImageService];

/** Upload → row → job → result. The API takes files in, workers analyze them; one process may do both. */
@Module({})
export class AnalysisModule {
  static with({ servesApi, runsJobs }: Environment): DynamicModule {
    return {
      module: AnalysisModule,
      imports: [
        TypeOrmModule.forFeature([Analysis]),
        BullModule.registerQueue({ name: ANALYSES }),
        FilesModule,
        SandboxModule,
        VisionModule,
      ],
      controllers: servesApi ? [AnalysisController] : [],
      providers: [...shared, ...(servesApi ? api : []), ...(runsJobs ? worker : [])],
      exports: [
        AnalysisRowsService,
        ProgressService,
        ...(servesApi ? [AnalysisQueueService] : []),
        ...(runsJobs ? [LocalImageService] : []),
      ],
    };
  }
}
