import type { DiscoveryService, ModuleRef } from '@nestjs/core';
import type Bull from 'bull';
import type { DataSource } from 'typeorm';
import { JobQueue } from '../../../src/jobs/job-queue.service.js';
import { JobRegistry } from '../../../src/jobs/job.registry.js';
import { type JobKind, RegisterJobKind } from '../../../src/jobs/job.kind.js';
import { JobsService } from '../../../src/jobs/jobs.service.js';
import type { OutboxService } from '../../../src/jobs/outbox/outbox.service.js';
import type { JobProgressService } from '../../../src/jobs/progress/job-progress.service.js';

/** The job core as an API process uses it, for kinds that tell no events, without a Nest application. */
export function buildJobs(source: DataSource, queue: Bull.Queue, kinds: readonly JobKind[]): JobsService {
  const discovery = {
    getProviders: ({ metadataKey }: { metadataKey: string }) =>
      metadataKey === RegisterJobKind.KEY ? kinds.map((instance) => ({ instance })) : [],
  };
  const registry = new JobRegistry(discovery as unknown as DiscoveryService);
  registry.onModuleInit();
  const modules = { get: () => queue } as unknown as ModuleRef;
  const outbox = { notify: () => undefined } as unknown as OutboxService;
  const progress = { read: () => Promise.resolve(null) } as unknown as JobProgressService;
  return new JobsService(source.manager, outbox, progress, new JobQueue(modules), registry);
}
