import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { RequireScope } from '../../http/access.js';
import { ApiErrors } from '../../http/api-errors.js';
import { type Caller, CurrentUser } from '../../http/principal.js';
import { OutboundStatusResponse } from './outbound-status.dto.js';
import { OutboundStatusService } from './outbound-status.service.js';

@ApiTags('Batches')
@Controller('outbound')
export class OutboundStatusController {
  constructor(private readonly status: OutboundStatusService) {}

  @Get('status')
  @RequireScope('batches:read')
  @ApiOperation({ summary: 'Circuit breakers and retries by host; users see the hosts of their own rows' })
  @ApiOkResponse({ type: OutboundStatusResponse })
  @ApiErrors()
  of(@CurrentUser() caller: Caller): Promise<OutboundStatusResponse> {
    return this.status.of(caller);
  }
}
