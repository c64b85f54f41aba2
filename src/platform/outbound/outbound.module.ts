import { type DynamicModule, Module } from '@nestjs/common';
import { Environment } from '../config/environment.js';
import { OutboundStatusController } from './statistics/outbound-status.controller.js';
import { OutboundStatusService } from './statistics/outbound-status.service.js';
import { OutboundService } from './outbound.service.js';
import { StatisticsReporter } from './statistics/statistics-reporter.js';
import { Statistics } from './statistics/statistics.js';

/** Requests to other machines, and the statistics of their hosts. */
@Module({})
export class OutboundModule {
  static with(environment: Environment): DynamicModule {
    return {
      module: OutboundModule,
      global: true,
      controllers: environment.servesApi ? [OutboundStatusController] : [],
      providers: [
        Statistics,
        {
          provide: OutboundService,
          inject: [Environment, Statistics],
          useFactory: (settings: Environment, statistics: Statistics) =>
            // Nothing has more requests to one origin at once than a batch has rows in flight.
            new OutboundService(settings, settings.BATCH_CONCURRENCY, statistics),
        },
        StatisticsReporter,
        OutboundStatusService,
      ],
      exports: [OutboundService],
    };
  }
}
