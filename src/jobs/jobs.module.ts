import { Global, Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { FilesModule } from '../files/files.module.js';
import { SandboxModule } from '../sandbox/sandbox.module.js';
import { JobBoardService } from './board/job-board.service.js';
import { JobCleaner } from './job.cleaner.js';
import { JobQueue } from './job-queue.service.js';
import { JobRegistry } from './job.registry.js';
import { JobRescuer } from './job.rescuer.js';
import { JobsService } from './jobs.service.js';
import { JobEventsListener } from './outbox/job-events.listener.js';
import { OutboxService } from './outbox/outbox.service.js';
import { JobProgressService } from './progress/job-progress.service.js';
import { JobProcessor } from './run/job.processor.js';
import { LostWorkers } from './workers/lost-workers.js';
import { WorkerHeartbeat } from './workers/worker-heartbeat.service.js';
import { WorkerLease } from './workers/worker-lease.service.js';

/**
 * One life of a job for every kind: claim, attempt, outcome, rescue. A module adds a kind by a provider with
 * `@RegisterJobKind()`, a Bull queue of the same name, and a migration that calls `add_job_kind`.
 */
@Global()
@Module({
  imports: [DiscoveryModule, FilesModule, SandboxModule],
  providers: [
    JobBoardService,
    JobCleaner,
    JobEventsListener,
    JobProcessor,
    JobProgressService,
    JobQueue,
    JobRegistry,
    JobRescuer,
    JobsService,
    LostWorkers,
    OutboxService,
    WorkerHeartbeat,
    WorkerLease,
  ],
  exports: [
    JobBoardService,
    JobProgressService,
    JobQueue,
    JobRegistry,
    JobsService,
    OutboxService,
    WorkerHeartbeat,
    WorkerLease,
  ],
})
export class JobsModule {}
