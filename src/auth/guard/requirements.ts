import { type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ACCESS } from '../../platform/http/access.js';
import type { Scope } from '../../platform/http/scopes.js';

/** What a route asks of its caller. */
export interface Requirement {
  readonly open: boolean;
  readonly scope: Scope | undefined;
  readonly admins: boolean;
  readonly session: boolean;
  readonly page: boolean;
}

/** Reads off a route's decorators what it asks. */
@Injectable()
export class Requirements {
  private readonly known = new WeakMap<object, Requirement>();

  constructor(private readonly reflector: Reflector) {}

  of(context: ExecutionContext): Requirement {
    const [handler, controller] = [context.getHandler(), context.getClass()];
    const known = this.known.get(handler);
    if (known) return known;
    const said = (key: string) => this.reflector.getAllAndOverride<unknown>(key, [handler, controller]);
    const requirement = {
      open: said(ACCESS.public) === true,
      scope: said(ACCESS.scope) as Scope | undefined,
      admins: said(ACCESS.admins) === true,
      session: said(ACCESS.session) === true,
      page: said(ACCESS.page) === true,
    };
    this.known.set(handler, requirement);
    return requirement;
  }
}
