import { Global, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { LimitsGuard } from './limits.guard.js';
import { LimitsService } from './limits.service.js';

/** To be imported after the module of accounts: global guards stand in the order of their modules. */
@Global()
@Module({
  providers: [LimitsService, { provide: APP_GUARD, useClass: LimitsGuard }],
  exports: [LimitsService],
})
export class LimitsModule {}
