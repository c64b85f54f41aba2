import { Global, Module } from '@nestjs/common';
import { HealthParts } from '../lifecycle/health-parts.js';
import { LimitsService } from './limits.service.js';

@Global()
@Module({ providers: [LimitsService], exports: [LimitsService] })
export class LimitsModule {
  /** Without Redis, reads are let through uncounted, and log-in, registration and new passwords are refused. */
  constructor(limits: LimitsService, health: HealthParts) {
    const check = async () => {
      await limits.probe();
      return undefined;
    };
    health.add({ name: 'limits', neededByRequests: false, check });
  }
}
