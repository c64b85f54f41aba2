import { Controller, Headers, Post, Req, Res } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiHeader, ApiOkResponse, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { RequireScope } from '../../platform/http/access.js';
import { ApiErrors } from '../../platform/http/api-errors.js';
import { callerOf } from '../../platform/http/principal.js';
import { idempotencyKeyInUse, idempotencyKeyReused } from '../../platform/http/idempotency/idempotency.service.js';
import {
  malformedRequest,
  requestTimedOut,
  storageFull,
  unsupportedContentType,
  validationFailed,
} from '../../platform/errors.js';
import { Limit } from '../../platform/limits/define-limit.js';
import { UPLOAD_LIMIT } from '../../analysis/upload/upload.limits.js';
import {
  fileMissing,
  fileTooLarge,
  tooManyUploads,
  uploadInterrupted,
} from '../../platform/http/multipart/multipart.js';
import { BatchesAccepted, BatchUpload, DryRunResponse } from './ingest.dto.js';
import { analyzerNotConfigured, csvEmpty, csvMalformed, csvNoUrlColumn } from './ingest.errors.js';
import { IngestService } from './ingest.service.js';

@ApiTags('Batches')
@Controller('batches')
export class IngestController {
  constructor(private readonly ingest: IngestService) {}

  @Post()
  @Limit(UPLOAD_LIMIT)
  @RequireScope('batches:write')
  @ApiOperation({ summary: 'Send in a CSV of image URLs to have each analyzed, or ask what that would do' })
  @ApiConsumes('multipart/form-data')
  @ApiBody({ type: BatchUpload })
  @ApiHeader({ name: 'Idempotency-Key', description: 'The same key and request get the same answer for a day.' })
  @ApiResponse({ status: 202, type: BatchesAccepted, headers: { Location: { schema: { type: 'string' } } } })
  @ApiOkResponse({ type: DryRunResponse, description: 'With `dry_run`: nothing is kept.' })
  @ApiErrors(
    malformedRequest,
    unsupportedContentType,
    validationFailed,
    fileMissing,
    fileTooLarge,
    uploadInterrupted,
    csvEmpty,
    csvMalformed,
    csvNoUrlColumn,
    analyzerNotConfigured,
    tooManyUploads,
    requestTimedOut,
    storageFull,
    idempotencyKeyInUse,
    idempotencyKeyReused,
  )
  async submit(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Headers('idempotency-key') key?: string,
  ): Promise<BatchesAccepted | DryRunResponse> {
    const { answer, replayed } = await this.ingest.accept(callerOf(request), request, key);
    if (replayed) reply.header('Idempotent-Replayed', 'true');
    if ('batches' in answer) reply.status(202).header('Location', locationOf(answer));
    else reply.status(200);
    return answer;
  }
}

function locationOf({ parent_batch_id, batches }: BatchesAccepted): string {
  const [only] = batches;
  if (only && batches.length === 1) return `/api/v1/batches/${only.batch_id}`;
  return `/api/v1/batches/parent/${parent_batch_id}/status`;
}
