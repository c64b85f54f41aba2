import { Controller, Get, Headers, Param, Query, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { widestView } from '../analysis/analysis.rows.service.js';
import { analysisNotFound } from '../analysis/analysis.errors.js';
import { forbidden, validationFailed } from '../platform/errors.js';
import { RequireScope } from '../platform/http/access.js';
import { defineAlias } from '../platform/http/aliases.js';
import { ApiEventStream } from '../platform/http/sse/api-event-stream.js';
import { ApiErrors } from '../platform/http/api-errors.js';
import { type Caller, CurrentUser } from '../platform/http/principal.js';
import { OwnerQuery } from '../platform/http/owner-query.js';
import { sendEvents } from '../platform/http/sse/send-events.js';
import { UuidPipe } from '../platform/http/validation.js';
import { ProgressReaderService } from './progress-reader.service.js';
import { ProgressStreamService } from './progress-stream.service.js';
import { ProgressResponse } from './progress.dto.js';

defineAlias('/api/progress', '/api/v1/progress');

@RequireScope('analyses:read')
@ApiTags('Progress')
@Controller('progress')
export class ProgressController {
  constructor(
    private readonly reader: ProgressReaderService,
    private readonly streams: ProgressStreamService,
  ) {}

  @Get(':id')
  @ApiOperation({ summary: 'How far an analysis is' })
  @ApiOkResponse({ type: ProgressResponse })
  @ApiErrors(validationFailed, forbidden, analysisNotFound)
  one(
    @CurrentUser() caller: Caller,
    @Param('id', UuidPipe) id: string,
    @Query() { owner_id }: OwnerQuery,
  ): Promise<ProgressResponse> {
    return this.reader.read(widestView(caller, owner_id), id);
  }

  @Get(':id/stream')
  @ApiOperation({ summary: 'How far an analysis is, live' })
  @ApiEventStream(ProgressResponse)
  @ApiErrors(validationFailed, forbidden, analysisNotFound)
  async stream(
    @CurrentUser() caller: Caller,
    @Param('id', UuidPipe) id: string,
    @Query() { owner_id }: OwnerQuery,
    @Res() reply: FastifyReply,
    @Headers('last-event-id') lastEventId?: string,
  ): Promise<void> {
    await sendEvents(reply, await this.streams.open(caller, widestView(caller, owner_id), id, lastEventId));
  }
}
