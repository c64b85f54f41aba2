import { Body, Controller, Get, Headers, HttpCode, Post, Res } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiCreatedResponse,
  ApiHeader,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { malformedRequest, unsupportedContentType, validationFailed } from '../platform/errors.js';
import { Public, SessionOnly, SignedIn } from '../platform/http/access.js';
import { ApiErrors } from '../platform/http/api-errors.js';
import { type Caller, CurrentUser, CurrentClient, type Client } from '../platform/http/principal.js';
import { idempotencyKeyInUse, idempotencyKeyReused } from '../platform/http/idempotency/idempotency.service.js';
import {
  invalidCredentials,
  refreshTokenInvalid,
  resetTokenInvalid,
  signInBusy,
  usernameTaken,
} from './auth.errors.js';
import { Limit } from '../platform/limits/define-limit.js';
import { LOGIN_LIMIT, REGISTER_LIMIT, RESET_LIMIT } from './auth.limits.js';
import { loginLocked } from './lockout/lockout.errors.js';
import { ForgotPasswordRequest, ResetPasswordRequest } from './resets/resets.dto.js';
import { ResetsService } from './resets/resets.service.js';
import { LoginRequest, RefreshRequest, TokenPair } from './sessions/sessions.dto.js';
import { SessionsService } from './sessions/sessions.service.js';
import { AccountsService } from './users/accounts.service.js';
import { AccountResponse, ChangePasswordRequest, RegisterRequest } from './users/users.dto.js';

/** What any route that takes JSON may answer. */
const BODY = [malformedRequest, unsupportedContentType, validationFailed] as const;

@ApiTags('Accounts')
@Controller('auth')
export class AuthController {
  constructor(
    private readonly accounts: AccountsService,
    private readonly resets: ResetsService,
    private readonly sessions: SessionsService,
  ) {}

  @Post('register')
  @Limit(REGISTER_LIMIT)
  @Public()
  @ApiOperation({
    summary: 'Make an account',
    description: 'An e-mail address that has an account already is answered the same, and no second one is made.',
  })
  @ApiHeader({ name: 'Idempotency-Key', description: 'The same key and request get the same answer for a day.' })
  @ApiCreatedResponse({ type: AccountResponse })
  @ApiErrors(...BODY, usernameTaken, idempotencyKeyInUse, idempotencyKeyReused, signInBusy)
  async register(
    @Body() request: RegisterRequest,
    @CurrentClient() visitor: Client,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Headers('idempotency-key') key?: string,
  ): Promise<AccountResponse> {
    const { answer, replayed } = await this.accounts.register(request, visitor, key);
    if (replayed) reply.header('Idempotent-Replayed', 'true');
    return answer;
  }

  @Post('login')
  @Limit(LOGIN_LIMIT)
  @Public()
  @HttpCode(200)
  @ApiOperation({ summary: 'Begin a session' })
  @ApiOkResponse({ type: TokenPair })
  @ApiErrors(...BODY, invalidCredentials, loginLocked, signInBusy)
  logIn(@Body() request: LoginRequest, @CurrentClient() visitor: Client): Promise<TokenPair> {
    return this.accounts.logIn(request, visitor);
  }

  @Post('refresh')
  @Public()
  @HttpCode(200)
  @ApiOperation({
    summary: 'Trade a refresh token for new tokens',
    description:
      'Each is good for one use. One that comes back ends its session, but for the last one within ten seconds: its ' +
      'answer may have been lost, and is given again.',
  })
  @ApiOkResponse({ type: TokenPair })
  @ApiErrors(...BODY, refreshTokenInvalid)
  refresh(@Body() { refresh_token }: RefreshRequest, @CurrentClient() visitor: Client): Promise<TokenPair> {
    return this.sessions.refresh(refresh_token, visitor);
  }

  @Post('forgot-password')
  @Limit(RESET_LIMIT)
  @Public()
  @HttpCode(202)
  @ApiOperation({
    summary: 'Ask for a mail with which to reset a password',
    description: 'An address without an account is answered the same.',
  })
  @ApiAcceptedResponse({ description: 'A mail is on its way if there is such an account.' })
  @ApiErrors(...BODY)
  forgotPassword(@Body() { email }: ForgotPasswordRequest): Promise<void> {
    return this.resets.request(email);
  }

  @Post('reset-password')
  @Limit(RESET_LIMIT)
  @Public()
  @HttpCode(204)
  @ApiOperation({ summary: 'Choose a password with a token from a mail' })
  @ApiNoContentResponse({ description: 'All sessions of the account have ended.' })
  @ApiErrors(...BODY, resetTokenInvalid, signInBusy)
  resetPassword(@Body() request: ResetPasswordRequest, @CurrentClient() visitor: Client): Promise<void> {
    return this.resets.reset(request, visitor);
  }

  @Post('logout')
  @SessionOnly()
  @HttpCode(204)
  @ApiOperation({ summary: 'End the session' })
  @ApiNoContentResponse({ description: 'Its tokens are worth nothing any more.' })
  @ApiErrors()
  logOut(@CurrentUser() caller: Caller): Promise<void> {
    return this.accounts.logOut(caller);
  }

  @Get('me')
  @SignedIn()
  @ApiOperation({ summary: 'The account of the caller' })
  @ApiOkResponse({ type: AccountResponse })
  @ApiErrors()
  me(@CurrentUser() caller: Caller): Promise<AccountResponse> {
    return this.accounts.me(caller);
  }

  @Post('change-password')
  @Limit(LOGIN_LIMIT)
  @SessionOnly()
  @HttpCode(204)
  @ApiOperation({ summary: 'Choose another password' })
  @ApiNoContentResponse({ description: 'All sessions of the account have ended, this one too.' })
  @ApiErrors(...BODY, loginLocked, signInBusy)
  changePassword(@CurrentUser() caller: Caller, @Body() request: ChangePasswordRequest): Promise<void> {
    return this.accounts.changePassword(caller, request);
  }
}
