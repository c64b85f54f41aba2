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
import { BatchStatusResponse } from './status/status.dto.js';
import { BatchStatusService } from './status/status.service.js';
import { BatchStreamService } from './status/status-stream.service.js';

const batch = (id: string): Target => ({ kind: 'batch', id });

@ApiTags('Batches')
@Controller('batches')
export class BatchesController {
  constructor(
    private readonly life: BatchLifeService,
    private readonly statuses: BatchStatusService,
    private readonly streams: BatchStreamService,
  ) {}

  @Get(':id')
  @RequireScope('batches:read')
  @ApiOperation({ summary: 'One batch' })
  @ApiOkResponse({ type: BatchStatusResponse })
  @ApiErrors(validationFailed, forbidden, batchNotFound)
  one(
    @CurrentUser() caller: Caller,
    @Param('id', UuidPipe) id: string,
    @Query() { owner_id }: OwnerQuery,
  ): Promise<BatchStatusResponse> {
    return this.statuses.ofBatch(visibleOwner(caller, owner_id), id);
  }

  @Get(':id/status')
  @RequireScope('batches:read')
  @ApiOperation({ summary: 'How far a batch is' })
  @ApiOkResponse({ type: BatchStatusResponse })
  @ApiErrors(validationFailed, forbidden, batchNotFound)
  status(
    @CurrentUser() caller: Caller,
    @Param('id', UuidPipe) id: string,
    @Query() { owner_id }: OwnerQuery,
  ): Promise<BatchStatusResponse> {
    return this.statuses.ofBatch(visibleOwner(caller, owner_id), id);
  }

  @Get(':id/stream')
  @RequireScope('batches:read')
  @ApiOperation({ summary: 'How far a batch is, live' })
  @ApiEventStream(BatchStatusResponse)
  @ApiErrors(validationFailed, forbidden, batchNotFound)
  async stream(
    @CurrentUser() caller: Caller,
    @Param('id', UuidPipe) id: string,
    @Query() { owner_id }: OwnerQuery,
    @Res() reply: FastifyReply,
    @Headers('last-event-id') lastEventId?: string,
  ): Promise<void> {
    await sendEvents(reply, await this.streams.ofBatch(caller, owner_id, id, lastEventId));
  }

  @Post(':id/pause')
  @HttpCode(200)
  @RequireScope('batches:write')
  @ApiOperation({ summary: 'Ask for no more rows until it is resumed' })
  @ApiOkResponse({ type: BatchStatusResponse })
  @ApiErrors(validationFailed, batchNotFound, batchConflict)
  async pause(@CurrentUser() caller: Caller, @Param('id', UuidPipe) id: string): Promise<BatchStatusResponse> {
    await this.life.pause(caller, batch(id));
    return this.statuses.ofBatch(caller.ownerId, id);
  }

  @Post(':id/resume')
  @HttpCode(200)
  @RequireScope('batches:write')
  @ApiOperation({ summary: 'Go on after a pause' })
  @ApiOkResponse({ type: BatchStatusResponse })
  @ApiErrors(validationFailed, batchNotFound, batchConflict)
  async resume(@CurrentUser() caller: Caller, @Param('id', UuidPipe) id: string): Promise<BatchStatusResponse> {
    await this.life.resume(caller, batch(id));
    return this.statuses.ofBatch(caller.ownerId, id);
  }

  @Post(':id/cancel')
  @HttpCode(200)
  @RequireScope('batches:write')
  @ApiOperation({ summary: 'Stop for good; what is done is kept' })
  @ApiOkResponse({ type: BatchStatusResponse })
  @ApiErrors(validationFailed, batchNotFound, batchConflict)
  async cancel(@CurrentUser() caller: Caller, @Param('id', UuidPipe) id: string): Promise<BatchStatusResponse> {
    await this.life.cancel(caller, batch(id));
    return this.statuses.ofBatch(caller.ownerId, id);
  }

  @Post(':id/retry')
  @HttpCode(202)
  @RequireScope('batches:write')
  @ApiOperation({ summary: 'Work on failed rows again, all or those of some error classes' })
  @ApiResponse({ status: 202, type: RetryResponse })
  @ApiErrors(malformedRequest, unsupportedContentType, validationFailed, batchNotFound, batchConflict)
  retry(
    @CurrentUser() caller: Caller,
    @Param('id', UuidPipe) id: string,
    @Body() { classes }: RetryRequest,
  ): Promise<RetryResponse> {
    return this.life.retry(caller, batch(id), classes ?? null);
  }

  @Delete(':id')
  @HttpCode(204)
  @RequireScope('batches:write')
  @ApiOperation({ summary: 'Remove a batch with its rows and results' })
  @ApiResponse({ status: 204, description: 'It is gone; its rows are swept away in the background.' })
  @ApiErrors(validationFailed, batchNotFound)
  remove(@CurrentUser() caller: Caller, @Param('id', UuidPipe) id: string): Promise<void> {
    return this.life.remove(caller, batch(id));
  }
}
