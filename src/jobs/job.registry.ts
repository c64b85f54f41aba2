import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { type JobHook, type JobKind, RegisterJobHook, RegisterJobKind } from './job.kind.js';

/** The kinds of jobs and the hooks that the modules of this process declare. */
@Injectable()
export class JobRegistry implements OnModuleInit {
  private readonly byName = new Map<string, JobKind>();
  hooks: readonly JobHook[] = [];

  constructor(private readonly discovery: DiscoveryService) {}

  onModuleInit(): void {
    for (const { instance } of this.discovery.getProviders({ metadataKey: RegisterJobKind.KEY })) {
      this.add(instance as JobKind);
    }
    const hooks = this.discovery.getProviders({ metadataKey: RegisterJobHook.KEY });
    this.hooks = hooks.map(({ instance }) => instance as JobHook);
  }

  get kinds(): JobKind[] {
    return [...this.byName.values()].sort((a, b) => a.name.localeCompare(b.name));
  }

  kind(name: string): JobKind {
    const kind = this.byName.get(name);
    if (!kind) throw new Error(`There is no kind of job ${name}.`);
    return kind;
  }

  /** The same provider may stand in several modules. */
  private add(kind: JobKind): void {
    const known = this.byName.get(kind.name);
    if (known && known.constructor !== kind.constructor) throw new Error(`Two kinds of job are called ${kind.name}.`);
    this.byName.set(kind.name, known ?? kind);
  }
}
