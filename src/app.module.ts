import { type DynamicModule, Module } from '@nestjs/common';
import { AdminModule } from './admin/admin.module.js';
import { AnalysisModule } from './analysis/analysis.module.js';
import { AuthModule } from './auth/auth.module.js';
import { BatchesModule } from './batches/batches.module.js';
import { HealthModule } from './health/health.module.js';
import { MailModule } from './mail/mail.module.js';
import { ConfigModule } from './platform/config/config.module.js';
import type { Environment } from './platform/config/environment.js';
import { DatabaseModule } from './platform/database/database.module.js';
import { LifecycleModule } from './platform/lifecycle/lifecycle.module.js';
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
      LifecycleModule,
      RedisModule,
      EventsModule,
      SseModule,
      DatabaseModule,
      QueueModule,
      LimitsModule,
      OutboundModule.with(environment),
    ];
    const analysis = AnalysisModule.with(environment);
    const mail = MailModule.with(environment);
    const accounts = AuthModule.with(mail);
    const batches = BatchesModule.with(environment, analysis);
    const pages = AdminModule.with({ accounts, mail, analysis, batches });
    return {
      module: AppModule,
      imports: [
        ...ground,
        HealthModule,
        mail,
        analysis,
        batches,
        ...(environment.servesApi ? [accounts, ResultsModule.with(analysis), pages] : []),
      ],
    };
  }
}
