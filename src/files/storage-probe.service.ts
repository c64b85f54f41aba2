import { Injectable } from '@nestjs/common';
import { mkdir, statfs } from 'node:fs/promises';
import { Environment } from '../platform/config/environment.js';
import { type DiskTrouble, diskTroubleAt, diskTroubleOf } from '../platform/disk/disk-failure.js';
import { storageFull } from '../platform/errors.js';
import { HealthMessage } from '../platform/lifecycle/health-parts.js';

/** Milliseconds for which an answer about the disk is believed. */
const TTL_MS = 2_000;

/** Bytes of a file that is written to see whether files can be written. */
const TRIAL_BYTES = 4_096;

/** Bytes for which there must be room before work that found the disk full is begun again. */
const WORK_BYTES = 8_388_608;

/** What people are told of each trouble; it names no path. */
export const STORAGE_TROUBLE: Readonly<Record<DiskTrouble, string>> = {
  full: 'The disk is full, or a quota is used up.',
  read_only: 'The file system is read-only.',
  unusable: 'The file system refuses to be written to.',
};

/** What was found at the disk of the files and at that of temporary files, which may be another. */
export interface StorageState {
  /** Why files cannot be written; null when they can. */
  readonly trouble: DiskTrouble | null;
  /** Bytes that are free, on the fuller of the two. */
  readonly free: number;
}

/** Says whether files can be written, and how much room there is: cheaply, however often it is asked. */
@Injectable()
export class StorageProbe {
  private latest: { state: Promise<StorageState>; until: number } | undefined;

  constructor(private readonly environment: Environment) {}

  /** Looks at most every two seconds, and never while a look is under way: a disk that hangs is not asked again. */
  state(): Promise<StorageState> {
    if (this.latest && performance.now() < this.latest.until) return this.latest.state;
    const looked = { state: this.look(), until: Infinity };
    const expire = () => {
      looked.until = performance.now() + TTL_MS;
    };
    looked.state.then(expire, expire);
    this.latest = looked;
    return looked.state;
  }

  /** @throws HealthMessage while files cannot be written */
  async assertWritable(): Promise<undefined> {
    const { trouble } = await this.state();
    if (trouble) throw new HealthMessage(STORAGE_TROUBLE[trouble]);
  }

  /** @throws HealthMessage while uploads are refused, though everything else goes on */
  async assertFreeSpace(): Promise<undefined> {
    const { free } = await this.state();
    if (free < this.environment.MIN_FREE_SPACE) throw new HealthMessage('The disk is almost full.');
  }

  /**
   * Refuses an upload before its bytes are read.
   * @param bytes of the upload, 0 when its sender does not say
   * @throws storage_full when it would leave less than `MIN_FREE_SPACE`
   */
  async assertRoomFor(bytes: number): Promise<void> {
    const { trouble, free } = await this.state();
    if (trouble === 'full' || free - bytes < this.environment.MIN_FREE_SPACE) throw storageFull();
  }

  /** Whether work may begin that was handed back because the disk was full. */
  async hasRoomForWork(): Promise<boolean> {
    const { trouble, free } = await this.look();
    if (trouble || free < this.environment.MIN_FREE_SPACE) return false;
    return (await diskTroubleAt(this.environment.temporaryDirectory, WORK_BYTES)) === null;
  }

  private async look(): Promise<StorageState> {
    const { filesDirectory, temporaryDirectory } = this.environment;
    const [files, temporary] = await Promise.all([stateAt(filesDirectory), stateAt(temporaryDirectory)]);
    return { trouble: files.trouble ?? temporary.trouble, free: Math.min(files.free, temporary.free) };
  }
}

async function stateAt(folder: string): Promise<StorageState> {
  try {
    await mkdir(folder, { recursive: true });
    const [trouble, { bavail, bsize }] = await Promise.all([diskTroubleAt(folder, TRIAL_BYTES), statfs(folder)]);
    return { trouble, free: bavail * bsize };
  } catch (error) {
    return { trouble: diskTroubleOf(error) ?? 'unusable', free: 0 };
  }
}
