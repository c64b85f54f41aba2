import { Controller, Get, Header, Param, Query, Res, StreamableFile } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { AnalysisResponse } from '../analysis/analysis.dto.js';
import { widestView } from '../analysis/analysis.rows.service.js';
import { analysisNotCompleted, analysisNotFound, artifactNotFound } from '../analysis/analysis.errors.js';
import { ApiExport } from '../exports/exports.dto.js';
import { tooManyExports } from '../exports/exports.errors.js';
import { forbidden, validationFailed } from '../platform/errors.js';
import { RequireScope } from '../platform/http/access.js';
import { defineAlias } from '../platform/http/aliases.js';
import { ApiErrors } from '../platform/http/api-errors.js';
import { type Caller, CurrentUser } from '../platform/http/principal.js';
import { OwnerQuery } from '../platform/http/owner-query.js';
import { JSON_TEXT } from '../platform/http/paging.js';
import { UuidPipe } from '../platform/http/validation.js';
import { attachment } from './attachment.js';
import { DownloadFormatPipe } from './download-format.pipe.js';
import { DOWNLOAD_FORMATS, type DownloadFormat } from './download.js';
import { ResultsExportQuery, ResultsPage, ResultsQuery } from './results.dto.js';
import { ResultsService } from './results.service.js';

const FILE = { type: 'string', format: 'binary' };

defineAlias('/results', '/api/v1/results');

@RequireScope('analyses:read')
@ApiTags('Results')
@Controller('results')
export class ResultsController {
  constructor(private readonly results: ResultsService) {}

  @Get()
  @Header('Content-Type', JSON_TEXT)
  @ApiOperation({ summary: 'Analyses, the newest first' })
  @ApiOkResponse({ type: ResultsPage })
  @ApiErrors(validationFailed, forbidden)
  page(@CurrentUser() caller: Caller, @Query() query: ResultsQuery): Promise<string | StreamableFile> {
    return this.results.page(caller, query);
  }

  @Get('export')
  @Header('Cache-Control', 'private, no-store')
  @Header('X-Content-Type-Options', 'nosniff')
  @ApiOperation({ summary: 'All analyses of a list as one file' })
  @ApiExport()
  @ApiErrors(validationFailed, forbidden, tooManyExports)
  export(@CurrentUser() caller: Caller, @Query() query: ResultsExportQuery): Promise<StreamableFile> {
    return this.results.export(caller, query);
  }

  @Get(':id')
  @Header('Content-Type', JSON_TEXT)
  @ApiOperation({ summary: 'One analysis with its results' })
  @ApiOkResponse({ type: AnalysisResponse })
  @ApiErrors(validationFailed, forbidden, analysisNotFound)
  one(
    @CurrentUser() caller: Caller,
    @Param('id', UuidPipe) id: string,
    @Query() { owner_id }: OwnerQuery,
  ): Promise<string> {
    return this.results.one(widestView(caller, owner_id), id);
  }

  @Get(':id/download/:format')
  @Header('Cache-Control', 'private, no-cache')
  @ApiOperation({ summary: 'One analysis as a file' })
  @ApiParam({ name: 'format', enum: DOWNLOAD_FORMATS, description: 'csv is field,value with dotted paths.' })
  @ApiProduces('application/json', 'text/csv', 'text/plain')
  @ApiOkResponse({ description: 'The file, as an attachment.', schema: FILE })
  @ApiErrors(validationFailed, forbidden, analysisNotFound, analysisNotCompleted)
  async download(
    @CurrentUser() caller: Caller,
    @Param('id', UuidPipe) id: string,
    @Param('format', DownloadFormatPipe) format: DownloadFormat,
    @Query() { owner_id }: OwnerQuery,
  ): Promise<StreamableFile> {
    return attachment(await this.results.download(widestView(caller, owner_id), id, format));
  }

  @Get(':id/artifacts/:name')
  @Header('X-Content-Type-Options', 'nosniff')
  @ApiOperation({ summary: 'A file that the analysis made: a thumbnail, a key frame, the text' })
  @ApiProduces('image/jpeg', 'text/plain')
  @ApiOkResponse({ description: 'The file.', schema: FILE })
  @ApiErrors(validationFailed, forbidden, analysisNotFound, artifactNotFound)
  async artifact(
    @CurrentUser() caller: Caller,
    @Param('id', UuidPipe) id: string,
    @Param('name') name: string,
    @Query() { owner_id }: OwnerQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile> {
    const file = await this.results.artifact(widestView(caller, owner_id), id, name);
    // Not by a decorator: a refusal that is kept for an hour would outlive its reason.
    reply.header('Cache-Control', 'private, max-age=3600');
    return attachment(file, 'inline');
  }
}
