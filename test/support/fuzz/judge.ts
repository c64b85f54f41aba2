import type { Operation } from './document.js';
import type { FuzzAnswer } from './exchange.js';
import type { FuzzRequest } from './requests.js';

/** What a method that a path does not know may be answered: its body is parsed before it is refused. */
const UNROUTED = ['400', '404', '408', '413', '415', '417'];

/** What is wrong with an answer, by the document; nothing in most cases. */
export function faultsOf(operation: Operation, request: FuzzRequest, answer: FuzzAnswer): string[] {
  const { status, headers, body } = answer;
  const isOwn = request.method === operation.method || (request.method === 'HEAD' && operation.method === 'GET');
  const documented = isOwn ? Object.keys(operation.responses) : UNROUTED;
  const faults: string[] = [];
  if (status >= 500) faults.push(`a ${status}`);
  if (!documented.includes(String(status))) faults.push(`${status} is not documented`);
  if (status < 400 || request.method === 'HEAD') return faults;
  // A browser is shown a page instead.
  if (headers['content-type']?.startsWith('text/html') && isPage(operation)) return faults;
  const code = codeOf(answer);
  if (code === null) faults.push(`no error of the one shape: ${headers['content-type']} ${body.slice(0, 300)}`);
  const codes = operation.responses[status]?.content?.['application/json']?.examples;
  if (code !== null && isOwn && codes && !(code in codes)) faults.push(`${code} is not documented`);
  return faults;
}

const isPage = ({ responses }: Operation): boolean => responses['200']?.content?.['text/html'] !== undefined;

/** Null for a body that is anything else than an error under the id of its request. */
function codeOf({ headers, body }: FuzzAnswer): string | null {
  if (headers['content-type'] !== 'application/json; charset=utf-8') return null;
  try {
    const { error, ...others } = JSON.parse(body) as { error: Record<string, unknown> };
    const { code, message, details, request_id, ...more } = error;
    if (Object.keys(others).length + Object.keys(more).length > 0) return null;
    if (typeof code !== 'string' || typeof message !== 'string' || typeof details !== 'object') return null;
    return request_id === headers['x-request-id'] ? code : null;
  } catch {
    return null;
  }
}
