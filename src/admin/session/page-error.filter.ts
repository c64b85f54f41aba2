import { Catch } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { FormsService } from '../../auth/pages/forms.service.js';
import { type FacetError, forbidden, unauthenticated } from '../../platform/errors.js';
import { principalOf } from '../../platform/http/principal.js';
import { ErrorFilter } from '../../platform/http/error-filter.js';
import { html } from '../pages/html.js';
import { isBrowser, sendPage } from '../pages/page.js';
import { signInForm } from './sign-in.page.js';

/** Answers a browser with a page, on which it can sign in where that is what is missing, and programs as everywhere. */
@Catch()
export class PageErrorFilter extends ErrorFilter {
  constructor(private readonly forms: FormsService) {
    super();
  }

  protected override answer(error: FacetError, request: FastifyRequest, reply: FastifyReply): void {
    if (!isBrowser(request)) {
      super.answer(error, request, reply);
      return;
    }
    const complaint = complaintOf(error);
    // Who is signed in and may not come in may sign in as somebody else.
    const main =
      principalOf(request) && error.code !== forbidden.code
        ? html`<h1>Facet</h1>
            <p class="alarm" role="alert">${complaint}</p>
            <p><a href="/admin/queues">Try again</a></p>`
        : signInForm(this.forms.tokenFor(null, request, reply), complaint);
    void reply.send(sendPage(reply, 'Sign in', main));
  }
}

/** That somebody is not signed in yet goes without saying. */
function complaintOf({ code, message }: FacetError): string | null {
  if (code === unauthenticated.code) return null;
  return code === forbidden.code ? 'This is for administrators only.' : message;
}
