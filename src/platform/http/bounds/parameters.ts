import { type ParsedUrlQuery, parse } from 'node:querystring';
import { malformedRequest } from '../../errors.js';

/**
 * Counts `a=1&b=2` without parsing it.
 * @param max parameters at most.
 * @throws malformed_request
 */
export function checkParameters(text: string, max: number): void {
  let count = 1;
  for (let at = text.indexOf('&'); at >= 0; at = text.indexOf('&', at + 1)) {
    count += 1;
    if (count > max) throw malformedRequest(`There are more than ${max} parameters.`);
  }
}

/**
 * Parses the body of a form.
 * @param max fields at most.
 * @throws malformed_request
 */
export function parseForm(text: string, max: number): ParsedUrlQuery {
  checkParameters(text, max);
  const fields = parse(text, '&', '=', { maxKeys: 0 });
  // Copied into another object, it would be that one's prototype.
  if (Object.hasOwn(fields, '__proto__')) throw malformedRequest();
  return fields;
}
