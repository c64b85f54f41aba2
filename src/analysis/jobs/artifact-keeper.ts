import { Injectable } from '@nestjs/common';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { FileRow } from '../../files/files.queries.js';
import { FilesService, type NewFile } from '../../files/files.service.js';
import type { Artifact } from '../../sandbox/messages.js';
import { subjectOf } from '../analysis.files.js';
import type { ClaimedJob } from '../../jobs/job.kind.js';

/** The folder of one attempt's artifacts within the analysis's folder: a late attempt never touches another's files. */
const folderOf = (attempt: number) => `attempt-${attempt}`;

/** Moves the files that an analyzer made from its work directory to where files are kept. */
@Injectable()
export class ArtifactKeeper {
  constructor(private readonly files: FilesService) {}

  /** Takes over the files that were really written; they are kept with the finish that refers to them. */
  async put(job: ClaimedJob, artifacts: readonly Artifact[], workDirectory: string): Promise<FileRow[]> {
    const written: NewFile[] = [];
    for (const { name, mediaType } of artifacts) {
      const path = join(workDirectory, name);
      const found = await stat(path).catch(() => null);
      if (!found?.isFile()) continue;
      const { owner_id: ownerId, attempt } = job;
      const place = { subject: subjectOf(job.id), name, folder: folderOf(attempt) };
      written.push({ path, ownerId, ...place, mediaType, sizeBytes: found.size });
    }
    return this.files.put(written);
  }

  /** Removes what attempts up to this one have put and could not finish: their worker died, or was too late. */
  async removeLeftovers({ id, attempt }: Pick<ClaimedJob, 'id' | 'attempt'>): Promise<void> {
    const folders = Array.from({ length: attempt }, (_, index) => folderOf(index + 1));
    await this.files.removeLeftoversOf(subjectOf(id), folders);
  }
}
