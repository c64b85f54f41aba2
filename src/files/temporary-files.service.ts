import { Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { mkdir, readdir, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { v7 as uuid } from 'uuid';
import { Environment } from '../platform/config/environment.js';
import { processPlace } from '../platform/disk/process-place.js';
import { identify, isRunning, type ProcessIdentity } from '../platform/embedded/process-identity.js';

/** What lies in the temporary folders. */
export type TemporaryKind = 'copy' | 'image' | 'upload' | 'work';

/** A path for as long as it is needed. */
export interface TemporaryFile {
  readonly path: string;
  /** Removes what lies there, a file or a folder. */
  remove(): Promise<void>;
}

/** Milliseconds between two signs of life that a process gives to what it holds. */
const TOUCH_INTERVAL_MS = 60_000;

/** Seconds without a sign of life after which what a process elsewhere held belongs to no process. */
const SILENT_SECONDS = 900;

/** `<kind>-<place>-<pid>-<started>-<rest>` */
const OWNED = /^(?:copy|image|upload|work)-([0-9a-f]{12})-(\d+)-(\w+)-([\w.-]+)$/;

/** Trials that were killed in the middle, and what versions called their own before owners stood in the names. */
const UNOWNED = /^(?:image|trial|upload|work|fingerprints)-[0-9a-f]{8}-[\w.-]+$/;

/**
 * Files and folders that live no longer than the work that needs them. Their names say which process holds them: what a
 * killed process has left is removed by the next that looks, and what a living one holds stays, whatever its age. Names
 * of other origin are never touched.
 */
@Injectable()
export class TemporaryFiles implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger(TemporaryFiles.name);
  private readonly place = processPlace();
  private readonly held = new Set<string>();
  private identity: ProcessIdentity | undefined;
  private touching: NodeJS.Timeout | undefined;

  constructor(private readonly environment: Environment) {}

  /** Finds out which process this is; nothing is lent before. */
  async introduce(): Promise<void> {
    this.identity = await identify(process.pid);
  }

  async onModuleInit(): Promise<void> {
    await this.introduce();
    this.touching = setInterval(() => void this.touchHeld(), TOUCH_INTERVAL_MS).unref();
    this.removeLeftovers().catch((error: unknown) => {
      this.logger.warn(`Removing left-over temporary files failed and is tried again later: ${String(error)}`);
    });
  }

  onModuleDestroy(): void {
    clearInterval(this.touching);
  }

  /** Lends a path that is free, in a folder that is there; whatever the work has left under it is removed. */
  async during<T>(kind: TemporaryKind, work: (path: string) => Promise<T>, name?: string): Promise<T> {
    const file = this.reserve(kind, name);
    try {
      await mkdir(this.folderOf(kind), { recursive: true });
      return await work(file.path);
    } finally {
      await file.remove();
    }
  }

  /** A path that is free until it is removed, for work that may not wait before it begins. */
  reserve(kind: TemporaryKind, name: string = uuid()): TemporaryFile {
    if (!this.identity) throw new Error('This process does not know itself yet.');
    const { pid, started } = this.identity;
    const path = join(this.folderOf(kind), `${kind}-${this.place}-${pid}-${started}-${name}`);
    this.held.add(path);
    return {
      path,
      remove: async () => {
        await rm(path, { recursive: true, force: true });
        this.held.delete(path);
      },
    };
  }

  /** Removes what belongs to no process any more. */
  async removeLeftovers(): Promise<void> {
    for (const folder of this.folders) {
      for (const name of await readdir(folder).catch(() => [])) {
        if (await this.isLeftover(folder, name)) await rm(join(folder, name), { recursive: true, force: true });
      }
    }
  }

  /** Removes what has one of these names, whichever process holds it. */
  async removeNamed(kind: TemporaryKind, names: ReadonlySet<string>): Promise<void> {
    const folder = this.folderOf(kind);
    for (const name of await readdir(folder).catch(() => [])) {
      const [, , , , rest = ''] = OWNED.exec(name) ?? [];
      if (name.startsWith(`${kind}-`) && names.has(rest))
        await rm(join(folder, name), { recursive: true, force: true });
    }
  }

  private async isLeftover(folder: string, name: string): Promise<boolean> {
    const [, place, pid, started] = OWNED.exec(name) ?? [];
    if (place !== undefined && pid !== undefined && started !== undefined) {
      return place === this.place ? !(await isRunning({ pid: Number(pid), started })) : isSilent(join(folder, name));
    }
    return UNOWNED.test(name) && isSilent(join(folder, name));
  }

  /** Copies lie on the disk on which the files are. */
  private folderOf(kind: TemporaryKind): string {
    return kind === 'copy' ? this.environment.incomingDirectory : this.environment.temporaryDirectory;
  }

  private get folders(): string[] {
    return [this.environment.temporaryDirectory, this.environment.incomingDirectory];
  }

  private async touchHeld(): Promise<void> {
    const now = new Date();
    for (const path of this.held) await utimes(path, now, now).catch(() => undefined);
  }
}

async function isSilent(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => null);
  return found !== null && found.mtimeMs < Date.now() - SILENT_SECONDS * 1000;
}
