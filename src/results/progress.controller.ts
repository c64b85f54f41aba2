import { Controller, Get, Headers, Param, Res } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { analysisNotFound } from '../analysis/analysis.errors.js';
import { validationFailed } from '../platform/errors.js';
import { ApiRefusals } from '../platform/http/api-refusals.js';
import { type Caller, CurrentUser } from '../platform/http/caller.js';
import { sendEvents } from '../platform/http/send-events.js';
import { UuidPipe } from '../platform/http/validation.js';
import { ProgressReaderService } from './progress-reader.service.js';
import { ProgressStreamService } from './progress-stream.service.js';
import { ProgressResponse } from './progress.dto.js';

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
  @ApiRefusals(validationFailed, analysisNotFound)
  one(@CurrentUser() caller: Caller, @Param('id', UuidPipe) id: string): Promise<ProgressResponse> {
    return this.reader.read(caller, id);
  }

  @Get(':id/stream')
  @ApiOperation({ summary: 'How far an analysis is, live' })
  @ApiHeader({ name: 'Last-Event-ID', description: 'The last event that the client has seen.' })
  @ApiProduces('text/event-stream')
  @ApiOkResponse({
    description: '`progress` events, then one named `completed`, `failed` or `cancelled`; their data is this body.',
    type: ProgressResponse,
  })
  @ApiRefusals(validationFailed, analysisNotFound)
  async stream(
    @CurrentUser() caller: Caller,
    @Param('id', UuidPipe) id: string,
    @Res() reply: FastifyReply,
    @Headers('last-event-id') lastEventId?: string,
  ): Promise<void> {
    await sendEvents(reply, await this.streams.open(caller, id, lastEventId));
  }
}
