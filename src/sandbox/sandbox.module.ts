import { Module } from '@nestjs/common';
import { join } from 'node:path';
import { SandboxSlots } from './sandbox-slots.js';
import { SANDBOX_ENTRY, SandboxService } from './sandbox.service.js';

const entry = { provide: SANDBOX_ENTRY, useValue: join(import.meta.dirname, 'child.js') };

/** Child processes with limits of memory and time, for work that may crash or never end. */
@Module({ providers: [entry, SandboxSlots, SandboxService], exports: [SandboxSlots, SandboxService] })
export class SandboxModule {}
