import { Body, Controller, Delete, Get, Headers, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { forbidden, malformedRequest, unsupportedContentType, validationFailed } from '../platform/errors.js';
import { RequireScope } from '../platform/http/access.js';
import { ApiEventStream } from '../platform/http/sse/api-event-stream.js';
import { ApiErrors } from '../platform/http/api-errors.js';
import { type Caller, CurrentUser, visibleOwner } from '../platform/http/principal.js';
import { OwnerQuery } from '../platform/http/owner-query.js';
import { sendEvents } from '../platform/http/sse/send-events.js';
import { UuidPipe } from '../platform/http/validation.js';
import { batchConflict, batchNotFound } from './batches.errors.js';
import { BatchLifeService } from './life/life.service.js';
import type { Target } from './life/life.queries.js';
import { RetryRequest, RetryResponse } from './life/retry.dto.js';
import { UploadStatusResponse } from './status/status.dto.js';
import { BatchStatusService } from './status/status.service.js';
import { BatchStreamService } from './status/status-stream.service.js';

const upload = (id: string): Target => ({ kind: 'upload', id });

@ApiTags('Batches')
@Controller('batches/parent')
export class UploadsController {
  constructor(
    private readonly life: BatchLifeService,
    private readonly statuses: BatchStatusService,
    private readonly streams: BatchStreamService,
  ) {}

  @Get(':parent/status')
  @RequireScope('batches:read')
  @ApiOperation({ summary: 'How far all parts of an upload are' })
  @ApiOkResponse({ type: UploadStatusResponse })
  @ApiErrors(validationFailed, forbidden, batchNotFound)
  status(
    @CurrentUser() caller: Caller,
    @Param('parent', UuidPipe) id: string,
    @Query() { owner_id }: OwnerQuery,
  ): Promise<UploadStatusResponse> {
    return this.statuses.ofUpload(visibleOwner(caller, owner_id), id);
  }

  @Get(':parent/stream')
  @RequireScope('batches:read')
  @ApiOperation({ summary: 'How far all parts of an upload are, live' })
  @ApiEventStream(UploadStatusResponse)
  @ApiErrors(validationFailed, forbidden, batchNotFound)
  async stream(
    @CurrentUser() caller: Caller,
    @Param('parent', UuidPipe) id: string,
    @Query() { owner_id }: OwnerQuery,
    @Res() reply: FastifyReply,
    @Headers('last-event-id') lastEventId?: string,
  ): Promise<void> {
    await sendEvents(reply, await this.streams.ofUpload(caller, owner_id, id, lastEventId));
  }

  @Post(':parent/pause')
  @HttpCode(200)
  @RequireScope('batches:write')
  @ApiOperation({ summary: 'Pause all parts that have not ended' })
  @ApiOkResponse({ type: UploadStatusResponse })
  @ApiErrors(validationFailed, batchNotFound, batchConflict)
  async pause(@CurrentUser() caller: Caller, @Param('parent', UuidPipe) id: string): Promise<UploadStatusResponse> {
    await this.life.pause(caller, upload(id));
    return this.statuses.ofUpload(caller.ownerId, id);
  }

  @Post(':parent/resume')
  @HttpCode(200)
  @RequireScope('batches:write')
  @ApiOperation({ summary: 'Resume all parts that are paused' })
  @ApiOkResponse({ type: UploadStatusResponse })
  @ApiErrors(validationFailed, batchNotFound, batchConflict)
  async resume(@CurrentUser() caller: Caller, @Param('parent', UuidPipe) id: string): Promise<UploadStatusResponse> {
    await this.life.resume(caller, upload(id));
    return this.statuses.ofUpload(caller.ownerId, id);
  }

  @Post(':parent/cancel')
  @HttpCode(200)
  @RequireScope('batches:write')
  @ApiOperation({ summary: 'Cancel all parts that have not ended; what is done is kept' })
  @ApiOkResponse({ type: UploadStatusResponse })
  @ApiErrors(validationFailed, batchNotFound, batchConflict)
  async cancel(@CurrentUser() caller: Caller, @Param('parent', UuidPipe) id: string): Promise<UploadStatusResponse> {
    await this.life.cancel(caller, upload(id));
    return this.statuses.ofUpload(caller.ownerId, id);
  }

  @Post(':parent/retry')
  @HttpCode(202)
  @RequireScope('batches:write')
  @ApiOperation({ summary: 'Work on failed rows of all parts again, all or those of some error classes' })
  @ApiResponse({ status: 202, type: RetryResponse })
  @ApiErrors(malformedRequest, unsupportedContentType, validationFailed, batchNotFound, batchConflict)
  retry(
    @CurrentUser() caller: Caller,
    @Param('parent', UuidPipe) id: string,
    @Body() { classes }: RetryRequest,
  ): Promise<RetryResponse> {
    return this.life.retry(caller, upload(id), classes ?? null);
  }

  @Delete(':parent')
  @HttpCode(204)
  @RequireScope('batches:write')
  @ApiOperation({ summary: 'Remove all parts of an upload with their rows and results' })
  @ApiResponse({ status: 204, description: 'All is gone; the rows are swept away in the background.' })
  @ApiErrors(validationFailed, batchNotFound)
  remove(@CurrentUser() caller: Caller, @Param('parent', UuidPipe) id: string): Promise<void> {
    return this.life.remove(caller, upload(id));
  }
}
