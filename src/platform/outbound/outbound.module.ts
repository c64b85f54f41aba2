import { type DynamicModule, Module } from '@nestjs/common';
import { Environment } from '../config/environment.js';
import { OutboundStatusController } from './outbound-status.controller.js';
import { OutboundStatusService } from './outbound-status.service.js';
import { OutboundService } from './outbound.service.js';
import { StatisticsReporter } from './statistics-reporter.js';
import { Statistics } from './statistics.js';

/** The only door to the network, and what is known about the hosts behind it. */
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
          useFactory: (settings: Environment, statistics: Statistics) => new OutboundService(settings, statistics),
        },
        StatisticsReporter,
        OutboundStatusService,
      ],
      exports: [OutboundService],
    };
  }
}
