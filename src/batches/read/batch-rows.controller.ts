import { Controller, Get, Header, Param, Query, type StreamableFile } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiExport } from '../../exports/exports.dto.js';
import { tooManyExports } from '../../exports/exports.errors.js';
import { forbidden, validationFailed } from '../../platform/errors.js';
import { RequireScope } from '../../platform/http/access.js';
import { ApiErrors } from '../../platform/http/api-errors.js';
import { type Caller, CurrentUser } from '../../platform/http/principal.js';
import { UuidPipe } from '../../platform/http/validation.js';
import { batchNotFound } from '../batches.errors.js';
import { BatchRowsService } from './batch-rows.service.js';
import { BatchExportQuery } from './export.dto.js';
import { ItemsQuery, ItemsResponse } from './items.dto.js';

@ApiTags('Batches')
@Controller()
export class BatchRowsController {
  constructor(private readonly rows: BatchRowsService) {}

  @Get('batches/:id/items')
  @RequireScope('batches:read')
  @ApiOperation({ summary: 'Rows of a batch in their order' })
  @ApiOkResponse({ type: ItemsResponse })
  @ApiErrors(validationFailed, forbidden, batchNotFound)
  items(
    @CurrentUser() caller: Caller,
    @Param('id', UuidPipe) id: string,
    @Query() query: ItemsQuery,
  ): Promise<ItemsResponse> {
    return this.rows.items(caller, id, query);
  }

  @Get('batch-data/export')
  @RequireScope('batches:read')
  @Header('Cache-Control', 'private, no-store')
  @Header('X-Content-Type-Options', 'nosniff')
  @ApiOperation({ summary: 'Rows of one batch, of one upload, or of all, as one file' })
  @ApiExport()
  @ApiErrors(validationFailed, forbidden, batchNotFound, tooManyExports)
  export(@CurrentUser() caller: Caller, @Query() query: BatchExportQuery): Promise<StreamableFile> {
    return this.rows.export(caller, query);
  }
}
