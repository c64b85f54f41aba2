import type { FastifyReply, FastifyRequest } from 'fastify';
import { html, type Html } from './html.js';

/**
 * Answers a page.
 * @param script the file among the assets that keeps it fresh, if it has to be
 */
export function sendPage(reply: FastifyReply, title: string, main: Html, script?: string): string {
  void reply.type('text/html; charset=utf-8').header('Cache-Control', 'no-store');
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <title>${title} – Facet</title>
        <link rel="stylesheet" href="/admin/assets/pages.css" />
        ${script === undefined ? null : refreshing(script)}
      </head>
      <body>
        <main>${main}</main>
      </body>
    </html>`;
  return page.source;
}

/** Without scripts a browser loads the whole page again. */
const refreshing = (script: string): Html => html`
  <script type="module" src="/admin/assets/${script}"></script>
  <noscript><meta http-equiv="refresh" content="5" /></noscript>
`;

/** Whether somebody looks with a browser. */
export const isBrowser = ({ headers }: FastifyRequest): boolean => headers.accept?.includes('text/html') ?? false;

/** Whether somebody wants figures for a program instead of a page. */
export const wantsData = (request: FastifyRequest): boolean =>
  !isBrowser(request) && (request.headers.accept?.includes('application/json') ?? false);
