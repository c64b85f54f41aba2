import { Worker } from 'node:worker_threads';

/** The message to the thread; one without an id gets no response. */
export interface ThreadRequest<Request> {
  readonly id?: number;
  readonly request: Request;
}

/** The message from the thread. */
export interface ThreadResponse<Response> {
  readonly id: number;
  readonly response?: Response;
  readonly error?: { readonly message: string; readonly code?: string };
}

interface PendingRequest<Response> {
  resolve(response: Response): void;
  reject(error: Error): void;
}

/**
 * A thread of this process that serves requests. It starts with the first, stays warm in between, and does not keep the
 * process running. When it ends, its pending requests fail and the next starts another, unless the process cannot go on
 * without what the thread held (`vital`).
 */
export class WorkerThread<Request, Response> {
  private thread: Worker | undefined;
  private readonly pending = new Map<number, PendingRequest<Response>>();
  private requests = 0;

  /**
   * @param program a file that calls `serveRequests`
   * @param options.vital whether the process ends with a thread that fails
   */
  constructor(
    private readonly program: URL,
    private readonly options: { readonly vital?: boolean } = {},
  ) {}

  /** Resolves with the response. @param transferred what is transferred with the request instead of being copied */
  request(request: Request, transferred: readonly ArrayBuffer[] = []): Promise<Response> {
    const thread = (this.thread ??= this.start());
    const id = (this.requests += 1);
    // Keeps the process running until the response.
    thread.ref();
    thread.postMessage({ id, request } satisfies ThreadRequest<Request>, transferred);
    return new Promise((resolve, reject) => this.pending.set(id, { resolve, reject }));
  }

  /** Sends a request without a response, if the thread runs. */
  notify(request: Request): void {
    this.thread?.postMessage({ request } satisfies ThreadRequest<Request>);
  }

  private start(): Worker {
    const started = new Worker(this.program);
    started.on('message', (message: ThreadResponse<Response>) => {
      this.settle(message);
    });
    // An error without a listener ends the process; with one, the exit that follows fails the pending requests.
    if (!this.options.vital) started.on('error', () => undefined);
    started.once('exit', () => {
      this.thread = undefined;
      for (const id of this.pending.keys()) this.settle({ id, error: { message: 'The thread has ended' } });
    });
    return started;
  }

  private settle({ id, response, error }: ThreadResponse<Response>): void {
    const request = this.pending.get(id);
    this.pending.delete(id);
    if (this.pending.size === 0) this.thread?.unref();
    if (error) request?.reject(Object.assign(new Error(error.message), { code: error.code }));
    else request?.resolve(response as Response);
  }
}
