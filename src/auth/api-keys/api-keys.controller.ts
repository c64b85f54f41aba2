import { Body, Controller, Delete, Get, Headers, HttpCode, Param, Post, Res } from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiHeader,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { malformedRequest, unsupportedContentType, validationFailed } from '../../platform/errors.js';
import { SessionOnly } from '../../platform/http/access.js';
import { ApiErrors } from '../../platform/http/api-errors.js';
import { type Caller, CurrentUser } from '../../platform/http/principal.js';
import { idempotencyKeyInUse, idempotencyKeyReused } from '../../platform/http/idempotency/idempotency.service.js';
import { UuidPipe } from '../../platform/http/validation.js';
import { apiKeyLimit, apiKeyNotFound } from '../auth.errors.js';
import { ApiKeysResponse, MakeApiKeyRequest, NewApiKeyResponse } from './api-keys.dto.js';
import { ApiKeysService } from './api-keys.service.js';

@ApiTags('Accounts')
@SessionOnly()
@Controller('auth/api-keys')
export class ApiKeysController {
  constructor(private readonly keys: ApiKeysService) {}

  @Post()
  @ApiOperation({ summary: 'Make an API key' })
  @ApiHeader({ name: 'Idempotency-Key', description: 'The same key and request get the same answer for a day.' })
  @ApiCreatedResponse({ type: NewApiKeyResponse })
  @ApiErrors(
    malformedRequest,
    unsupportedContentType,
    validationFailed,
    apiKeyLimit,
    idempotencyKeyInUse,
    idempotencyKeyReused,
  )
  async make(
    @CurrentUser() caller: Caller,
    @Body() request: MakeApiKeyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Headers('idempotency-key') key?: string,
  ): Promise<NewApiKeyResponse> {
    const { answer, replayed } = await this.keys.make(caller, request, key);
    if (replayed) reply.header('Idempotent-Replayed', 'true');
    return answer;
  }

  @Get()
  @ApiOperation({ summary: 'The API keys of the account' })
  @ApiOkResponse({ type: ApiKeysResponse })
  @ApiErrors()
  all(@CurrentUser() caller: Caller): Promise<ApiKeysResponse> {
    return this.keys.all(caller);
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({ summary: 'Delete an API key' })
  @ApiNoContentResponse({ description: 'It is refused from now on.' })
  @ApiErrors(validationFailed, apiKeyNotFound)
  remove(@CurrentUser() caller: Caller, @Param('id', UuidPipe) id: string): Promise<void> {
    return this.keys.remove(caller, id);
  }
}
