import { Controller, Get, Header, Req, Res, UseFilters } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, ApiOperation, ApiTags, getSchemaPath } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { FormsService } from '../../auth/pages/forms.service.js';
import { AdminsOnly, Page } from '../../platform/http/access.js';
import { ApiErrors } from '../../platform/http/api-errors.js';
import { type Caller, CurrentUser } from '../../platform/http/principal.js';
import { defineUnversionedPath } from '../../platform/http/unversioned-paths.js';
import { sendPage, wantsData } from '../pages/page.js';
import { PageErrorFilter } from '../session/page-error.filter.js';
import { QueueBoardResponse } from './queue-board.dto.js';
import { queueBoardPage } from './queue-board.page.js';
import { QueueBoardService } from './queue-board.service.js';

const BOARD = defineUnversionedPath('admin/queues');

@ApiTags('Administration')
@UseFilters(PageErrorFilter)
@Controller()
export class QueueBoardController {
  constructor(
    private readonly forms: FormsService,
    private readonly queues: QueueBoardService,
  ) {}

  @Get(BOARD)
  @AdminsOnly()
  @Page()
  @Header('Cache-Control', 'no-store')
  @ApiOperation({
    summary: 'The queue board',
    description:
      'What waits, is worked on and was given up, in PostgreSQL and in Bull. A page that refreshes itself, on which an ' +
      'administrator may sign in with a browser; with `Accept: application/json` the same figures.',
  })
  @ApiExtraModels(QueueBoardResponse)
  @ApiOkResponse({
    description: 'The figures of this moment.',
    content: {
      'text/html': { schema: { type: 'string' } },
      'application/json': { schema: { $ref: getSchemaPath(QueueBoardResponse) } },
    },
  })
  @ApiErrors()
  async board(
    @CurrentUser() { sessionId }: Caller,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<QueueBoardResponse | string> {
    const board = await this.queues.board();
    if (wantsData(request)) return board;
    // Who asks with a token of the API has not signed in here.
    const byCookie = sessionId !== null && request.headers.authorization === undefined;
    const token = byCookie ? this.forms.tokenFor(sessionId, request, reply) : null;
    return sendPage(reply, 'Queues', queueBoardPage(board, token), 'queue-board.js');
  }
}
