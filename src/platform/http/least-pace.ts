import type { IncomingMessage } from 'node:http';

/**
 * Milliseconds between two looks at how fast a body comes in, and the bytes that it has to bring from one to the next: a
 * kilobyte a second, where a slow phone brings twenty.
 */
const LOOK = 30_000;
const LEAST = 32_768;

/**
 * Tells of a request whose body hardly comes in, while it holds what others could use. Who waits for us is as fast as may
 * be. Answers how the watch ends.
 * @param look milliseconds between two looks.
 */
export function watchPace(request: IncomingMessage, tooSlow: () => void, look = LOOK): () => void {
  const { socket } = request;
  let seen = socket.bytesRead;
  const timer = setInterval(() => {
    const waitsForUs = request.complete || request.readableLength > 0;
    if (!waitsForUs && socket.bytesRead - seen < LEAST) tooSlow();
    seen = socket.bytesRead;
  }, look);
  return () => {
    clearInterval(timer);
  };
}
