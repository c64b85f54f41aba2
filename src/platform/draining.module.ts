import { Global, Module } from '@nestjs/common';
import { Draining } from './draining.js';
import { HealthParts } from './health-parts.js';

@Global()
@Module({ providers: [Draining, HealthParts], exports: [Draining, HealthParts] })
export class DrainingModule {}
