import { Injectable } from '@nestjs/common';
import { InjectEntityManager } from '@nestjs/typeorm';
import type { FastifyRequest } from 'fastify';
import { createHash } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { v7 as uuid } from 'uuid';
import { Environment } from '../../platform/config/environment.js';
import { validationFailed } from '../../platform/errors.js';
import type { Caller } from '../../platform/http/caller.js';
import { IdempotencyService, type Ticket } from '../../platform/http/idempotency.service.js';
import { JobsService } from '../../jobs/jobs.service.js';
import { refuseWhenFull } from '../../platform/http/refuse-when-full.js';
import { StorageProbe } from '../../files/storage-probe.service.js';
import { FilesService, type NewFile } from '../../files/files.service.js';
import { TemporaryFiles } from '../../files/temporary-files.service.js';
import type { AnalysisAccepted } from '../analysis.dto.js';
import { Analysis } from '../analysis.entity.js';
import { SOURCE_NAME, subjectOf } from '../analysis.files.js';
import { queuePosition } from '../analysis.queries.js';
import { ANALYSES } from '../analysis.kind.js';
import { AnalysisService } from '../analysis.service.js';
import { FILE_TYPES, type FileType } from '../../media/media-type/file-types.js';
import { detectMediaType, type MediaType, mediaTypes } from '../../media/media-type/media-type.js';
import { type ReceivedFile, type ReceivedUpload, withUpload } from './receive-upload.js';
import { type RequestedWork, requestedWork } from './requested-work.js';
import { unsupportedFileType } from './upload.errors.js';
import { UploadSlots } from './upload-slots.js';

export interface Accepted {
  readonly answer: AnalysisAccepted;
  readonly replayed: boolean;
}

interface ValidRequest extends RequestedWork {
  readonly file: ReceivedFile;
  readonly mediaType: MediaType;
  readonly fileType: FileType;
}

/** From a multipart request to a queued analysis: nothing is kept of what is refused, nothing is lost once accepted. */
@Injectable()
export class IntakeService {
  constructor(
    private readonly environment: Environment,
    @InjectEntityManager() private readonly db: EntityManager,
    private readonly analyses: AnalysisService,
    private readonly jobs: JobsService,
    private readonly idempotency: IdempotencyService,
    private readonly probe: StorageProbe,
    private readonly files: FilesService,
    private readonly temporary: TemporaryFiles,
    private readonly slots: UploadSlots,
  ) {}

  /** @param key the `Idempotency-Key` header. */
  async accept(caller: Caller, request: FastifyRequest, key: string | undefined): Promise<Accepted> {
    const scope = { ownerId: caller.ownerId, route: 'POST /analyze', key };
    const work = this.idempotency.once<AnalysisAccepted, Accepted>(scope, async (ticket) => {
      if (ticket.fresh) await this.refuseEarly(caller, request);
      const take = async (upload: ReceivedUpload): Promise<Accepted> => {
        const valid = await this.validate(upload);
        const replay = ticket.replay(fingerprintOf(valid));
        return replay ? { answer: replay, replayed: true } : this.keep(caller, valid, ticket);
      };
      const { MAX_CONTENT_LENGTH } = this.environment;
      return this.slots.run(caller.ownerId, () => withUpload(request, MAX_CONTENT_LENGTH, this.temporary, take));
    });
    return work.catch(refuseWhenFull);
  }

  /** Before the body is read: 200 MB are not sent to learn that the queue or the disk is full. */
  private async refuseEarly({ ownerId }: Caller, { headers }: FastifyRequest): Promise<void> {
    await this.analyses.refuseWhenFull(this.db, ownerId);
    await this.probe.assertRoomFor(Number(headers['content-length'] ?? 0));
  }

  private async validate({ file, fields }: ReceivedUpload): Promise<ValidRequest> {
    const wanted = wantedFileType(fields.file_type);
    const mediaType = await detectMediaType(file.path, file.filename);
    if (!mediaType || (wanted && mediaTypes[mediaType].fileType !== wanted)) {
      throw unsupportedFileType(mediaType, wanted);
    }
    const { fileType } = mediaTypes[mediaType];
    return { file, mediaType, fileType, ...requestedWork(fileType, fields, this.environment.jsonBounds) };
  }

  private async keep(caller: Caller, valid: ValidRequest, ticket: Ticket<AnalysisAccepted>): Promise<Accepted> {
    const id = uuid();
    const put = await this.files.put([sourceOf(id, caller, valid)]);
    try {
      const answer = await this.db.transaction(async (db) => {
        // Before the lane is locked, in which uploads of one owner take turns.
        await this.files.keep(db, put);
        await this.analyses.makeRoom(db, caller.ownerId);
        await db.insert(Analysis, rowOf(id, put[0]?.storage_key ?? '', caller, valid));
        await this.jobs.admit(db, ANALYSES, [{ id, owner_id: caller.ownerId }]);
        const accepted = answerOf(id, valid, await queuePosition(db, id));
        await ticket.settle(db, fingerprintOf(valid), accepted);
        return accepted;
      });
      await this.jobs.enqueue(ANALYSES, [{ id, job_id: answer.job_id }]);
      return { answer, replayed: false };
    } catch (error) {
      // Only what was not kept goes: the answer to the commit may have been lost.
      await this.files.discard(put);
      throw error;
    }
  }
}

function wantedFileType(given: string | undefined): FileType | null {
  if (!given) return null;
  const known = FILE_TYPES.find((fileType) => fileType === given);
  if (!known) throw validationFailed([{ field: 'file_type', message: `must be one of ${FILE_TYPES.join(', ')}` }]);
  return known;
}

const fingerprintOf = ({ file, fileType, features, options }: ValidRequest): string =>
  createHash('sha256')
    .update(JSON.stringify([file.sha256, file.filename, fileType, features, options]))
    .digest('hex');

const sourceOf = (id: string, { ownerId }: Caller, { file, mediaType }: ValidRequest): NewFile => ({
  path: file.path,
  ownerId,
  subject: subjectOf(id),
  name: SOURCE_NAME,
  mediaType,
  sizeBytes: file.sizeBytes,
  sha256: file.sha256,
});

function rowOf(
  id: string,
  storageKey: string,
  caller: Caller,
  valid: ValidRequest,
): Omit<Partial<Analysis>, 'results'> {
  return {
    id,
    owner_id: caller.ownerId,
    file_type: valid.fileType,
    filename: valid.file.filename,
    media_type: valid.mediaType,
    size_bytes: valid.file.sizeBytes,
    sha256: valid.file.sha256,
    storage_key: storageKey,
    features: valid.features,
    options: valid.options,
    status: 'queued',
    job_id: id,
    request_id: caller.requestId,
    ip_address: caller.ipAddress,
    user_agent: caller.userAgent,
  };
}

const answerOf = (id: string, { fileType, file }: ValidRequest, position: number | null): AnalysisAccepted => ({
  analysis_id: id,
  job_id: id,
  status: 'queued',
  file_type: fileType,
  filename: file.filename,
  queue_position: position ?? 1,
});
