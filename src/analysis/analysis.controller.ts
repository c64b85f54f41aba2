import { Controller, Delete, Get, Headers, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiHeader, ApiOkResponse, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { RequireScope, SignedIn } from '../platform/http/access.js';
import { ApiErrors } from '../platform/http/api-errors.js';
import { type Caller, callerOf, CurrentUser } from '../platform/http/principal.js';
import { idempotencyKeyInUse, idempotencyKeyReused } from '../platform/http/idempotency/idempotency.service.js';
import { fileMissing, fileTooLarge, tooManyUploads, uploadInterrupted } from '../platform/http/multipart/multipart.js';
import { UuidPipe } from '../platform/http/validation.js';
import { defineAlias } from '../platform/http/aliases.js';
import { Limit } from '../platform/limits/define-limit.js';
import {
  malformedRequest,
  requestTimedOut,
  storageFull,
  unsupportedContentType,
  validationFailed,
} from '../platform/errors.js';
import { AnalysisAccepted, AnalysisResponse } from './analysis.dto.js';
import { analysisNotCancellable, analysisNotFound, analysisNotRetryable, queueFull } from './analysis.errors.js';
import { AnalysisService } from './analysis.service.js';
import { AnalyzeRequest } from './upload/analyze-request.dto.js';
import { AnalyzersResponse } from './analyzers.dto.js';
import { IntakeService } from './upload/intake.service.js';
import { ModelsService } from '../vision/models/models.service.js';
import * as upload from './upload/upload.errors.js';
import { UPLOAD_LIMIT } from './upload/upload.limits.js';

defineAlias('/analyze', '/api/v1/analyze');

@ApiTags('Analyses')
@Controller()
export class AnalysisController {
  constructor(
    private readonly intake: IntakeService,
    private readonly analyses: AnalysisService,
    private readonly models: ModelsService,
  ) {}

  @RequireScope('analyses:write')
  @Post('analyze')
  @Limit(UPLOAD_LIMIT)
  @HttpCode(202)
  @ApiOperation({ summary: 'Send in a file to have it analyzed' })
  @ApiConsumes('multipart/form-data')
  @ApiBody({ type: AnalyzeRequest })
  @ApiHeader({ name: 'Idempotency-Key', description: 'The same key and request get the same answer for a day.' })
  @ApiResponse({ status: 202, type: AnalysisAccepted, headers: { Location: { schema: { type: 'string' } } } })
  @ApiErrors(
    malformedRequest,
    unsupportedContentType,
    validationFailed,
    queueFull,
    idempotencyKeyInUse,
    idempotencyKeyReused,
    fileMissing,
    fileTooLarge,
    uploadInterrupted,
    tooManyUploads,
    requestTimedOut,
    storageFull,
    ...Object.values(upload),
  )
  async analyze(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Headers('idempotency-key') key?: string,
  ): Promise<AnalysisAccepted> {
    const { answer, replayed } = await this.intake.accept(callerOf(request), request, key);
    if (replayed) reply.header('Idempotent-Replayed', 'true');
    reply.header('Location', `/api/v1/results/${answer.analysis_id}`);
    return answer;
  }

  @SignedIn()
  @Get('analyzers')
  @ApiOperation({ summary: 'What can be analyzed, and what is found in it' })
  @ApiOkResponse({ type: AnalyzersResponse })
  @ApiErrors()
  async analyzers(): Promise<AnalyzersResponse> {
    return AnalyzersResponse.all(await this.models.missing());
  }

  @RequireScope('analyses:write')
  @Post('analyses/:id/cancel')
  @HttpCode(200)
  @ApiOperation({ summary: 'Stop an analysis that is queued or running' })
  @ApiOkResponse({ type: AnalysisResponse })
  @ApiErrors(validationFailed, analysisNotFound, analysisNotCancellable)
  cancel(@CurrentUser() caller: Caller, @Param('id', UuidPipe) id: string): Promise<AnalysisResponse> {
    return this.analyses.cancel(caller, id);
  }

  @RequireScope('analyses:write')
  @Post('analyses/:id/retry')
  @HttpCode(202)
  @ApiOperation({ summary: 'Start a failed or cancelled analysis over' })
  @ApiResponse({ status: 202, type: AnalysisResponse })
  @ApiErrors(validationFailed, analysisNotFound, analysisNotRetryable, queueFull)
  retry(@CurrentUser() caller: Caller, @Param('id', UuidPipe) id: string): Promise<AnalysisResponse> {
    return this.analyses.retry(caller, id);
  }

  @RequireScope('analyses:write')
  @Delete('analyses/:id')
  @HttpCode(204)
  @ApiOperation({ summary: 'Remove an analysis and all of its files' })
  @ApiResponse({ status: 204, description: 'Nothing is left of it.' })
  @ApiErrors(validationFailed, analysisNotFound)
  remove(@CurrentUser() caller: Caller, @Param('id', UuidPipe) id: string): Promise<void> {
    return this.analyses.remove(caller, id);
  }
}
