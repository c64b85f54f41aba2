import type { OpenAPIObject } from '@nestjs/swagger';
import {
  bodyTooLarge,
  type ErrorDefinition,
  expectationFailed,
  malformedRequest,
  requestTimedOut,
  routeNotFound,
  unsupportedContentType,
} from '../errors.js';
import { describeErrors } from './api-errors.js';
import { httpsRequired, isProbe } from './transport/https-only.js';

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;

/** Methods whose body is parsed before the route is asked; that of a GET is not looked at. */
const WITH_BODY = ['post', 'put', 'patch', 'delete'] as const;

/** What ends any request before its route is asked: a head that is no HTTP, an expectation that cannot be met. */
const ANY: readonly ErrorDefinition[] = [malformedRequest, expectationFailed];

const OF_BODIES: readonly ErrorDefinition[] = [bodyTooLarge, unsupportedContentType, requestTimedOut];

/** Adds to every operation of the document what HTTP, the router, the body parser and the demand for https may answer. */
export function describeCommonErrors({ paths }: OpenAPIObject, demandsHttps: boolean): void {
  for (const [path, methods] of Object.entries(paths)) {
    // The router takes no parameter of more than a hundred characters.
    const always = path.includes('{') ? [...ANY, routeNotFound] : ANY;
    const https = demandsHttps && !isProbe(path);
    if (methods.get) {
      describeErrors(methods.get, always);
      if (https) methods.get.responses['308'] = { description: 'Over plain http: the same address over https.' };
    }
    for (const operation of WITH_BODY.map((method): Operation | undefined => methods[method])) {
      if (operation) describeErrors(operation, [...always, ...OF_BODIES, ...(https ? [httpsRequired] : [])]);
    }
  }
}
