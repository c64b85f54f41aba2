import { Controller, Get, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiServiceUnavailableResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Public } from '../platform/http/access.js';
import { defineUnversionedPath } from '../platform/http/unversioned-paths.js';
import { Limit } from '../platform/limits/define-limit.js';
import { HealthResponse, LiveResponse } from './health.dto.js';
import { HealthService } from './health.service.js';

@ApiTags('Health')
@Public()
@Limit('unlimited')
@Controller(defineUnversionedPath('health'))
export class HealthController {
  constructor(private readonly health: HealthService) {}

  @Get()
  @ApiOperation({ summary: 'The state of this process and of all it depends on' })
  @ApiOkResponse({ type: HealthResponse })
  @ApiServiceUnavailableResponse({ type: HealthResponse, description: '`details` names what is down.' })
  async full(@Res({ passthrough: true }) reply: FastifyReply): Promise<HealthResponse> {
    const state = await this.health.full();
    reply.status(state.status === 'ok' ? 200 : 503);
    return state;
  }

  @Get('live')
  @ApiOperation({ summary: 'Whether the process runs' })
  @ApiOkResponse({ type: LiveResponse })
  live(): LiveResponse {
    return { status: 'ok' };
  }

  @Get('ready')
  @ApiOperation({ summary: 'Whether the process can take requests' })
  @ApiOkResponse({ type: HealthResponse })
  @ApiServiceUnavailableResponse({ type: HealthResponse, description: '`details` names what is down, or `draining`.' })
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<HealthResponse> {
    const state = await this.health.ready();
    reply.status(state.status === 'ok' ? 200 : 503);
    return state;
  }
}
