import type { Claim } from '../analysis.queries.js';

/** What a line of the log about an attempt carries, so that it is found by its analysis and by the request that asked. */
export const traceOf = ({ id, request_id }: Claim): { analysis_id: string; request_id: string | undefined } => ({
  analysis_id: id,
  request_id: request_id ?? undefined,
});
