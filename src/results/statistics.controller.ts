import { Controller, Get, Header, Query, type StreamableFile } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { forbidden, validationFailed } from '../platform/errors.js';
import { RequireScope } from '../platform/http/access.js';
import { defineAlias } from '../platform/http/aliases.js';
import { ApiErrors } from '../platform/http/api-errors.js';
import { type Caller, CurrentUser } from '../platform/http/principal.js';
import { OwnerQuery } from '../platform/http/owner-query.js';
import { JSON_TEXT } from '../platform/http/paging.js';
import { ResultsPage } from './results.dto.js';
import { ResultsService } from './results.service.js';
import { DailyStatisticsResponse, DaysQuery, HistoryQuery, StatisticsResponse } from './statistics.dto.js';
import { StatisticsService } from './statistics.service.js';

defineAlias('/api/statistics', '/api/v1/statistics');
defineAlias('/api/history', '/api/v1/history');

@RequireScope('analyses:read')
@ApiTags('Statistics')
@Controller()
export class StatisticsController {
  constructor(
    private readonly results: ResultsService,
    private readonly statistics: StatisticsService,
  ) {}

  @Get('statistics')
  @ApiOperation({ summary: 'How many analyses there are, and how they ended' })
  @ApiOkResponse({ type: StatisticsResponse })
  @ApiErrors(validationFailed, forbidden)
  all(@CurrentUser() caller: Caller, @Query() query: OwnerQuery): Promise<StatisticsResponse> {
    return this.statistics.all(caller, query);
  }

  @Get('statistics/daily')
  @ApiOperation({ summary: 'The same for each of the last days' })
  @ApiOkResponse({ type: DailyStatisticsResponse })
  @ApiErrors(validationFailed, forbidden)
  daily(@CurrentUser() caller: Caller, @Query() query: DaysQuery): Promise<DailyStatisticsResponse> {
    return this.statistics.daily(caller, query);
  }

  @Get('history')
  @Header('Content-Type', JSON_TEXT)
  @ApiOperation({ summary: 'Analyses of the last days, the newest first' })
  @ApiOkResponse({ type: ResultsPage })
  @ApiErrors(validationFailed, forbidden)
  history(@CurrentUser() caller: Caller, @Query() query: HistoryQuery): Promise<string | StreamableFile> {
    return this.results.page(caller, query.asResultsQuery());
  }
}
