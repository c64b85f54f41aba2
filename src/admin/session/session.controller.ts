import { Body, Controller, Post, Req, Res, UseFilters } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { FormsService } from '../../auth/pages/forms.service.js';
import { PageSessionsService } from '../../auth/pages/page-sessions.service.js';
import { Page, Public, SessionOnly } from '../../platform/http/access.js';
import { type Caller, CurrentUser, CurrentClient, type Client } from '../../platform/http/principal.js';
import { LOGIN_LIMIT } from '../../auth/auth.limits.js';
import { defineUnversionedPath } from '../../platform/http/unversioned-paths.js';
import { Limit } from '../../platform/limits/define-limit.js';
import { PageErrorFilter } from './page-error.filter.js';
import { SignInForm, SignOutForm } from './session.dto.js';

/** Where one is sent who has signed in or out. */
const BOARD = '/admin/queues';

/** The forms of pages; programs sign in with `POST /api/v1/auth/login`. */
@ApiExcludeController()
@UseFilters(PageErrorFilter)
@Controller(defineUnversionedPath('admin/session'))
export class SessionController {
  constructor(
    private readonly forms: FormsService,
    private readonly sessions: PageSessionsService,
  ) {}

  @Post()
  @Limit(LOGIN_LIMIT)
  @Public()
  async signIn(
    @Req() request: FastifyRequest,
    @Body() { form_token, ...credentials }: SignInForm,
    @CurrentClient() visitor: Client,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    this.forms.check(null, request, form_token);
    await this.sessions.signIn(credentials, visitor, reply);
    await reply.redirect(BOARD, 303);
  }

  @Post('end')
  @SessionOnly()
  @Page()
  async signOut(
    @Req() request: FastifyRequest,
    @Body() { form_token }: SignOutForm,
    @CurrentUser() caller: Caller,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    this.forms.check(caller.sessionId, request, form_token);
    await this.sessions.signOut(caller, reply);
    await reply.redirect(BOARD, 303);
  }
}
