import { Module } from '@nestjs/common';
import { HealthParts } from '../platform/lifecycle/health-parts.js';
import { FileStore } from './file-store.js';
import { FilesCleaner } from './files.cleaner.js';
import { FilesService } from './files.service.js';
import { LocalFileStore } from './local-file-store.js';
import { StorageGate } from './storage-gate.service.js';
import { StorageProbe } from './storage-probe.service.js';
import { TemporaryFiles } from './temporary-files.service.js';

/** Files and their rows, the disk that they lie on, and files that live no longer than the work that needs them. */
@Module({
  providers: [
    { provide: FileStore, useClass: LocalFileStore },
    FilesCleaner,
    FilesService,
    StorageGate,
    StorageProbe,
    TemporaryFiles,
  ],
  exports: [FilesService, StorageGate, StorageProbe, TemporaryFiles],
})
export class FilesModule {
  constructor(probe: StorageProbe, health: HealthParts) {
    health.add({ name: 'storage', neededByRequests: true, check: () => probe.assertWritable() });
    health.add({ name: 'disk', neededByRequests: false, check: () => probe.assertFreeSpace() });
  }
}
