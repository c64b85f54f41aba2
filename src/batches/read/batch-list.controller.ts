import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { forbidden, validationFailed } from '../../platform/errors.js';
import { RequireScope } from '../../platform/http/access.js';
import { ApiErrors } from '../../platform/http/api-errors.js';
import { type Caller, CurrentUser } from '../../platform/http/principal.js';
import { OwnerQuery } from '../../platform/http/owner-query.js';
import type { Page } from '../../platform/http/paging.js';
import { UuidPipe } from '../../platform/http/validation.js';
import { batchNotFound } from '../batches.errors.js';
import type { BatchStatusResponse } from '../status/status.dto.js';
import { BatchesPage, BatchesQuery, RelatedBatches } from './batch-list.dto.js';
import { BatchListService } from './batch-list.service.js';

@ApiTags('Batches')
@Controller('batches')
export class BatchListController {
  constructor(private readonly batches: BatchListService) {}

  @Get()
  @RequireScope('batches:read')
  @ApiOperation({ summary: 'Batches, the newest first' })
  @ApiOkResponse({ type: BatchesPage })
  @ApiErrors(validationFailed, forbidden)
  page(@CurrentUser() caller: Caller, @Query() query: BatchesQuery): Promise<Page<BatchStatusResponse>> {
    return this.batches.page(caller, query);
  }

  @Get('related/:id')
  @RequireScope('batches:read')
  @ApiOperation({ summary: 'All parts of the upload that a batch belongs to' })
  @ApiOkResponse({ type: RelatedBatches })
  @ApiErrors(validationFailed, forbidden, batchNotFound)
  related(
    @CurrentUser() caller: Caller,
    @Param('id', UuidPipe) id: string,
    @Query() { owner_id }: OwnerQuery,
  ): Promise<RelatedBatches> {
    return this.batches.related(caller, owner_id, id);
  }
}
