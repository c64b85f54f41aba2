import { Body, Controller, Get, Param, Patch, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { malformedRequest, unsupportedContentType, validationFailed } from '../../platform/errors.js';
import { AdminsOnly } from '../../platform/http/access.js';
import { ApiErrors } from '../../platform/http/api-errors.js';
import { type Caller, CurrentUser } from '../../platform/http/principal.js';
import type { Page } from '../../platform/http/paging.js';
import { UuidPipe } from '../../platform/http/validation.js';
import { AuditLogService } from './audit-log.service.js';
import { AuditLogPage, AuditLogQuery } from './audit-log.dto.js';
import type { AuditRow } from '../../audit/audit.queries.js';
import { lastAdministrator, userNotFound } from '../auth.errors.js';
import { ChangeUserRequest, UserResponse, UsersPage, UsersQuery } from './admin.dto.js';
import type { ListedUser } from './admin.queries.js';
import { AdministrationService } from './administration.service.js';

@ApiTags('Administration')
@AdminsOnly()
@Controller('admin')
export class AdminController {
  constructor(
    private readonly administration: AdministrationService,
    private readonly audit: AuditLogService,
  ) {}

  @Get('users')
  @ApiOperation({ summary: 'Find users' })
  @ApiOkResponse({ type: UsersPage })
  @ApiErrors(validationFailed)
  users(@Query() query: UsersQuery): Promise<Page<ListedUser>> {
    return this.administration.users(query);
  }

  @Patch('users/:id')
  @ApiOperation({
    summary: 'Promote, demote, disable or enable a user',
    description: 'What is left out stays as it is. The last administrator who can sign in stays one.',
  })
  @ApiOkResponse({ type: UserResponse })
  @ApiErrors(malformedRequest, unsupportedContentType, validationFailed, userNotFound, lastAdministrator)
  change(
    @CurrentUser() caller: Caller,
    @Param('id', UuidPipe) id: string,
    @Body() request: ChangeUserRequest,
  ): Promise<ListedUser> {
    return this.administration.change(caller, id, request);
  }

  @Get('audit-log')
  @ApiOperation({
    summary: 'Who did what, when and from where',
    description: 'The newest first; nothing is ever removed.',
  })
  @ApiOkResponse({ type: AuditLogPage })
  @ApiErrors(validationFailed)
  auditLog(@Query() query: AuditLogQuery): Promise<Page<AuditRow>> {
    return this.audit.page(query);
  }
}
