import { Module } from '@nestjs/common';
import { StorageGate } from './storage-gate.service.js';
import { StorageProbe } from './storage-probe.service.js';
import { StorageService } from './storage.service.js';
import { TemporaryFiles } from './temporary-files.service.js';

const services = [StorageGate, StorageProbe, StorageService, TemporaryFiles];

@Module({ providers: services, exports: services })
export class StorageModule {}
