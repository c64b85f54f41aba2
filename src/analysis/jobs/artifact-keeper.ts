import { Injectable } from '@nestjs/common';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { StorageService } from '../../storage/storage.service.js';
import type { Claim, KeptArtifact } from '../analysis.queries.js';
import type { Artifact } from '../../sandbox/messages.js';

/** The folder of one attempt's artifacts within the analysis's folder: a late attempt never touches another's files. */
const folderOf = (attempt: number) => `attempt-${attempt}`;

type Owner = Pick<Claim, 'id' | 'attempt'>;

/** Moves the files that an analyzer made from its work directory into storage. */
@Injectable()
export class ArtifactKeeper {
  constructor(private readonly storage: StorageService) {}

  /** Only files that were really written are kept. */
  async keep(mine: Claim, artifacts: readonly Artifact[], workDirectory: string): Promise<KeptArtifact[]> {
    const kept: KeptArtifact[] = [];
    for (const { name, mediaType } of artifacts) {
      const path = join(workDirectory, name);
      const found = await stat(path).catch(() => null);
      if (!found?.isFile()) continue;
      const storageKey = await this.storage.put(path, mine.id, folderOf(mine.attempt), name);
      kept.push({ name, media_type: mediaType, size_bytes: found.size, storage_key: storageKey });
    }
    return kept;
  }

  discard({ id, attempt }: Owner): Promise<void> {
    return this.storage.remove(id, folderOf(attempt));
  }

  /** Removes what attempts before this one have kept but could not finish: their worker died, or was too late. */
  async discardEarlier({ id, attempt }: Owner): Promise<void> {
    for (let earlier = attempt - 1; earlier > 0; earlier--) await this.discard({ id, attempt: earlier });
  }
}
