import { type DynamicModule, Module } from '@nestjs/common';
import { AdminModule } from './admin/admin.module.js';
import { AnalysisModule } from './analysis/analysis.module.js';
import { AuthModule } from './auth/auth.module.js';
import { ResetRequestsModule } from './auth/resets/reset-requests.module.js';
import { BatchesModule } from './batches/batches.module.js';
import { HealthModule } from './health/health.module.js';
import { JobsModule } from './jobs/jobs.module.js';
import { MailModule } from './mail/mail.module.js';
import { ConfigModule } from './platform/config/config.module.js';
import type { Environment } from './platform/config/environment.js';
import { DatabaseModule } from './platform/database/database.module.js';
import { DrainingModule } from './platform/draining.module.js';
import { EventsModule } from './platform/events/events.module.js';
import { SseModule } from './platform/http/sse/sse.module.js';
import { LimitsModule } from './platform/limits/limits.module.js';
import { OutboundModule } from './platform/outbound/outbound.module.js';
import { QueueModule } from './platform/queue/queue.module.js';
import { RedisModule } from './platform/redis/redis.module.js';
import { ResultsModule } from './results/results.module.js';

/** Facet's table of contents. */
@Module({})
export class AppModule {
  static with(environment: Environment): DynamicModule {
    const ground = [
      ConfigModule.with(environment),
      DrainingModule,
      RedisModule,
      EventsModule,
      SseModule,
      DatabaseModule,
      QueueModule,
      JobsModule,
      LimitsModule,
      OutboundModule.with(environment),
    ];
    const analysis = AnalysisModule.with(environment);
    const batches = BatchesModule.with(environment, analysis);
    return {
      module: AppModule,
      imports: [
        ...ground,
        HealthModule,
        MailModule,
        ResetRequestsModule,
        analysis,
        batches,
        ...(environment.servesApi ? [AuthModule, ResultsModule.with(analysis), AdminModule] : []),
      ],
    };
  }
}
