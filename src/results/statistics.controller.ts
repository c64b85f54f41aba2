import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { AnalysisResponse } from '../analysis/analysis.dto.js';
import { validationFailed } from '../platform/errors.js';
import { ApiRefusals } from '../platform/http/api-refusals.js';
import { type Caller, CurrentUser } from '../platform/http/caller.js';
import type { Page } from '../platform/http/paging.js';
import { ResultsPage } from './results.dto.js';
import { ResultsService } from './results.service.js';
import { DailyStatisticsResponse, DaysQuery, HistoryQuery, StatisticsResponse } from './statistics.dto.js';
import { StatisticsService } from './statistics.service.js';

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
  @ApiRefusals()
  all(@CurrentUser() caller: Caller): Promise<StatisticsResponse> {
    return this.statistics.all(caller);
  }

  @Get('statistics/daily')
  @ApiOperation({ summary: 'The same for each of the last days' })
  @ApiOkResponse({ type: DailyStatisticsResponse })
  @ApiRefusals(validationFailed)
  daily(@CurrentUser() caller: Caller, @Query() { days }: DaysQuery): Promise<DailyStatisticsResponse> {
    return this.statistics.daily(caller, days);
  }

  @Get('history')
  @ApiOperation({ summary: 'Analyses of the last days, the newest first' })
  @ApiOkResponse({ type: ResultsPage })
  @ApiRefusals(validationFailed)
  history(@CurrentUser() caller: Caller, @Query() query: HistoryQuery): Promise<Page<AnalysisResponse>> {
    return this.results.page(caller, query.asResultsQuery());
  }
}
