import { Controller, Get, Header, Param, Query, StreamableFile } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiProduces, ApiTags } from '@nestjs/swagger';
import { AnalysisResponse } from '../analysis/analysis.dto.js';
import { analysisNotCompleted, analysisNotFound, artifactNotFound } from '../analysis/analysis.errors.js';
import { ApiExport } from '../exports/exports.dto.js';
import { tooManyExports } from '../exports/exports.errors.js';
import { validationFailed } from '../platform/errors.js';
import { RequireScope } from '../platform/http/access.js';
import { ApiRefusals } from '../platform/http/api-refusals.js';
import { type Caller, CurrentUser } from '../platform/http/caller.js';
import type { Page } from '../platform/http/paging.js';
import { UuidPipe } from '../platform/http/validation.js';
import { attachment } from './attachment.js';
import { DownloadFormatPipe } from './download-format.pipe.js';
import { DOWNLOAD_FORMATS, type DownloadFormat } from './download.js';
import { ResultsExportQuery, ResultsPage, ResultsQuery } from './results.dto.js';
import { ResultsService } from './results.service.js';

const FILE = { type: 'string', format: 'binary' };

@ApiTags('Results')
@Controller('results')
export class ResultsController {
  constructor(private readonly results: ResultsService) {}

  @Get()
  @ApiOperation({ summary: 'Analyses, the newest first' })
  @ApiOkResponse({ type: ResultsPage })
  @ApiRefusals(validationFailed)
  page(@CurrentUser() caller: Caller, @Query() query: ResultsQuery): Promise<Page<AnalysisResponse>> {
    return this.results.page(caller, query);
  }

  @Get('export')
  @RequireScope('analyses:read')
  @Header('Cache-Control', 'private, no-store')
  @Header('X-Content-Type-Options', 'nosniff')
  @ApiOperation({ summary: 'All analyses of a list as one file' })
  @ApiExport()
  @ApiRefusals(validationFailed, tooManyExports)
  export(@CurrentUser() caller: Caller, @Query() query: ResultsExportQuery): Promise<StreamableFile> {
    return this.results.export(caller, query);
  }

  @Get(':id')
  @ApiOperation({ summary: 'One analysis with its results' })
  @ApiOkResponse({ type: AnalysisResponse })
  @ApiRefusals(validationFailed, analysisNotFound)
  one(@CurrentUser() caller: Caller, @Param('id', UuidPipe) id: string): Promise<AnalysisResponse> {
    return this.results.one(caller, id);
  }

  @Get(':id/download/:format')
  @Header('Cache-Control', 'private, no-cache')
  @ApiOperation({ summary: 'One analysis as a file' })
  @ApiParam({ name: 'format', enum: DOWNLOAD_FORMATS, description: 'csv is field,value with dotted paths.' })
  @ApiProduces('application/json', 'text/csv', 'text/plain')
  @ApiOkResponse({ description: 'The file, as an attachment.', schema: FILE })
  @ApiRefusals(validationFailed, analysisNotFound, analysisNotCompleted)
  async download(
    @CurrentUser() caller: Caller,
    @Param('id', UuidPipe) id: string,
    @Param('format', DownloadFormatPipe) format: DownloadFormat,
  ): Promise<StreamableFile> {
    return attachment(await this.results.download(caller, id, format));
  }

  @Get(':id/artifacts/:name')
  @Header('Cache-Control', 'private, max-age=3600')
  @Header('X-Content-Type-Options', 'nosniff')
  @ApiOperation({ summary: 'A file that the analysis made: a thumbnail, a key frame, the text' })
  @ApiProduces('image/jpeg', 'text/plain')
  @ApiOkResponse({ description: 'The file.', schema: FILE })
  @ApiRefusals(validationFailed, analysisNotFound, artifactNotFound)
  async artifact(
    @CurrentUser() caller: Caller,
    @Param('id', UuidPipe) id: string,
    @Param('name') name: string,
  ): Promise<StreamableFile> {
    return attachment(await this.results.artifact(caller, id, name), 'inline');
  }
}
