import { Module } from '@nestjs/common';
import { HealthParts } from '../platform/health-parts.js';
import { StorageGate } from './storage-gate.service.js';
import { StorageProbe } from './storage-probe.service.js';
import { StorageService } from './storage.service.js';
import { TemporaryFiles } from './temporary-files.service.js';

const services = [StorageGate, StorageProbe, StorageService, TemporaryFiles];

@Module({ providers: services, exports: services })
export class StorageModule {
  constructor(probe: StorageProbe, health: HealthParts) {
    health.add({ name: 'storage', neededByRequests: true, check: () => probe.assertWritable() });
    health.add({ name: 'disk', neededByRequests: false, check: () => probe.assertFreeSpace() });
  }
}
