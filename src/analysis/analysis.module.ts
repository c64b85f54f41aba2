import { BullModule } from '@nestjs/bull';
import { type DynamicModule, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import type { Environment } from '../platform/config/environment.js';
import { IdempotencyService } from '../platform/http/idempotency.service.js';
import { FilesModule } from '../files/files.module.js';
import { AnalysisController } from './analysis.controller.js';
import { Analysis } from './analysis.entity.js';
import { ANALYSES, AnalysisKind } from './analysis.kind.js';
import { AnalysisRowsService } from './analysis.rows.service.js';
import { AnalysisService } from './analysis.service.js';
import { ArtifactKeeper } from './jobs/artifact-keeper.js';
import { IdempotencyKeysCleaner } from './idempotency-keys.cleaner.js';
import { IntakeService } from './upload/intake.service.js';
import { UploadSlots } from './upload/upload-slots.js';
import { LocalImageService } from './local-image.service.js';
import { VisionModule } from '../vision/vision.module.js';
import { SandboxModule } from '../sandbox/sandbox.module.js';

const shared = [AnalysisKind, AnalysisRowsService, ArtifactKeeper, IdempotencyService];
const api = [AnalysisService, IntakeService, UploadSlots];
const worker = [IdempotencyKeysCleaner, LocalImageService];

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
      exports: [AnalysisRowsService, ...(runsJobs ? [LocalImageService] : [])],
    };
  }
}
