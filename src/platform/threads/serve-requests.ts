import { parentPort } from 'node:worker_threads';
import type { ThreadRequest, ThreadResponse } from './worker-thread.js';

/**
 * Serves the requests that this thread receives. They are begun in the order in which they were sent; an error is thrown
 * on the side of the request, with its message and code.
 *
 * @param transferred the part of a response that is transferred instead of being copied
 */
export function serveRequests<Response>(
  handle: (request: never) => Response | Promise<Response>,
  transferred: (response: Response) => readonly ArrayBuffer[] = () => [],
): void {
  const send = (message: ThreadResponse<Response>, transfer: readonly ArrayBuffer[] = []) =>
    parentPort?.postMessage(message, transfer);
  const serve = async ({ id, request }: ThreadRequest<never>) => {
    try {
      const response = await handle(request);
      if (id !== undefined) send({ id, response }, transferred(response));
    } catch (error) {
      const { message, code } = error as NodeJS.ErrnoException;
      if (id !== undefined) send({ id, error: { message, code } });
    }
  };
  parentPort?.on('message', (received: ThreadRequest<never>) => void serve(received));
}
