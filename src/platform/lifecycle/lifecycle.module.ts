import { Global, Module } from '@nestjs/common';
import { HealthParts } from './health-parts.js';
import { Shutdown } from './shutdown.js';

@Global()
@Module({ providers: [Shutdown, HealthParts], exports: [Shutdown, HealthParts] })
export class LifecycleModule {}
