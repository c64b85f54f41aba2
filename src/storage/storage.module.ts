import { Module } from '@nestjs/common';
import { HealthParts } from '../platform/lifecycle/health-parts.js';
import { StorageService } from './storage.service.js';

@Module({ providers: [StorageService], exports: [StorageService] })
export class StorageModule {
  constructor(storage: StorageService, health: HealthParts) {
    health.add({ name: 'storage', neededByRequests: false, check: () => storage.probe() });
  }
}
