import { Controller, Get, Param, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { readFileSync } from 'node:fs';
import { routeNotFound } from '../../platform/errors.js';
import { Public } from '../../platform/http/access.js';
import { defineUnversionedPath } from '../../platform/http/unversioned-paths.js';
import { style } from './style.js';

interface Asset {
  readonly type: string;
  readonly content: string;
}

const ASSETS: ReadonlyMap<string, Asset> = new Map([
  ['pages.css', { type: 'text/css; charset=utf-8', content: style }],
  [
    'queue-board.js',
    {
      type: 'text/javascript; charset=utf-8',
      content: readFileSync(new URL('../queues/queue-board.browser.js', import.meta.url), 'utf8'),
    },
  ],
]);

/** Styles and scripts of the pages: files of their own, so that no page has to be allowed any other. */
@ApiExcludeController()
@Controller(defineUnversionedPath('admin/assets'))
export class AssetsController {
  @Get(':name')
  @Public()
  asset(@Param('name') name: string, @Res({ passthrough: true }) reply: FastifyReply): string {
    const asset = ASSETS.get(name);
    if (!asset) throw routeNotFound();
    void reply.type(asset.type).header('Cache-Control', 'no-cache');
    return asset.content;
  }
}
