import { mkdir } from 'node:fs/promises';
import type { TemporaryFile, TemporaryFiles } from '../../files/temporary-files.service.js';
import type { ClaimedJob } from '../job.kind.js';

type AttemptName = Pick<ClaimedJob, 'id' | 'attempt'>;

/** Names the folder in which one attempt works. */
const workNameOf = ({ id, attempt }: AttemptName): string => `${id}-${attempt}`;

/** Removes the folders of attempts up to this one, which are dead or no longer wanted. */
export async function removeWork(temporary: TemporaryFiles, { id, attempt }: AttemptName): Promise<void> {
  const names = Array.from({ length: attempt }, (_, index) => workNameOf({ id, attempt: index + 1 }));
  await temporary.removeNamed('work', new Set(names));
}

/** The folder of one attempt, named so that a later attempt can remove what a killed one left. */
export class WorkDirectory {
  private readonly folder: TemporaryFile;

  constructor(
    private readonly temporary: TemporaryFiles,
    private readonly job: AttemptName,
  ) {
    this.folder = temporary.reserve('work', workNameOf(job));
  }

  get path(): string {
    return this.folder.path;
  }

  async make(): Promise<void> {
    await mkdir(this.path, { recursive: true });
  }

  /** Removes it, and those of the attempts before it. */
  async remove(): Promise<void> {
    await this.folder.remove();
    if (this.job.attempt > 1) await removeWork(this.temporary, this.job);
  }
}
