import { BullModule } from '@nestjs/bull';
import { type DynamicModule, Module } from '@nestjs/common';
import { ExportsModule } from '../exports/exports.module.js';
import { Environment } from '../platform/config/environment.js';
import { IdempotencyService } from '../platform/http/idempotency.service.js';
import { OutboundService } from '../platform/outbound/outbound.service.js';
import { FilesModule } from '../files/files.module.js';
import { BatchesController } from './batches.controller.js';
import { ResultCacheService } from './cache/result-cache.service.js';
import { BatchProcessor } from './engine/batch.processor.js';
import { BatchSweeper } from './engine/batch.sweeper.js';
import { BatchWorker } from './engine/batch.worker.js';
import { ChunkSource } from './engine/chunk-source.js';
import { BATCH_CHUNKS, BatchDoorbell } from './engine/doorbell.service.js';
import { BatchHeartbeat } from './engine/heartbeat.js';
import { Executors } from './executors/executors.js';
import { ExternalExecutor } from './executors/external.executor.js';
import { ImageExecutor } from './executors/image.executor.js';
import { ExternalClient } from './external/external.client.js';
import { BatchOrderService } from './ingest/batch-order.service.js';
import { DryRunService } from './ingest/dry-run.service.js';
import { IngestController } from './ingest/ingest.controller.js';
import { IngestService } from './ingest/ingest.service.js';
import { CsvUploadSlots } from './ingest/csv-upload-slots.js';
import { BatchLifeService } from './life/life.service.js';
import { BatchListController } from './read/batch-list.controller.js';
import { BatchListService } from './read/batch-list.service.js';
import { BatchRowsController } from './read/batch-rows.controller.js';
import { BatchRowsService } from './read/batch-rows.service.js';
import { BatchStatusService } from './status/status.service.js';
import { BatchStreamService } from './status/status-stream.service.js';
import { UploadsController } from './uploads.controller.js';

const externalClient = {
  provide: ExternalClient,
  inject: [Environment, OutboundService],
  useFactory: (environment: Environment, outbound: OutboundService) => new ExternalClient(environment, outbound),
};

const shared = [BatchDoorbell, ResultCacheService, externalClient];
const api = [BatchLifeService, BatchStatusService, BatchStreamService];
const ingest = [BatchOrderService, DryRunService, IdempotencyService, IngestService, CsvUploadSlots];
const read = [BatchListService, BatchRowsService];
const worker = [
  BatchHeartbeat,
  BatchProcessor,
  BatchSweeper,
  BatchWorker,
  ChunkSource,
  Executors,
  ExternalExecutor,
  ImageExecutor,
];

/** CSV of URLs → batches → chunks → rows. The API takes uploads in, workers ask for the rows. */
@Module({})
export class BatchesModule {
  /** @param analysis the module whose analyzers look at pictures. */
  static with({ servesApi, runsJobs }: Environment, analysis: DynamicModule): DynamicModule {
    return {
      module: BatchesModule,
      imports: [analysis, ExportsModule, FilesModule, BullModule.registerQueue({ name: BATCH_CHUNKS })],
      controllers: servesApi
        ? [IngestController, BatchListController, BatchRowsController, UploadsController, BatchesController]
        : [],
      providers: [...shared, ...(servesApi ? [...api, ...ingest, ...read] : []), ...(runsJobs ? worker : [])],
    };
  }
}
