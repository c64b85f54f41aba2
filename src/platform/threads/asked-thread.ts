import { Worker } from 'node:worker_threads';

/** As it goes to the thread; nobody waits for an answer to one without a number. */
export interface AskedQuestion<Question> {
  readonly number?: number;
  readonly question: Question;
}

/** As it comes back. */
export interface ThreadAnswer<Answer> {
  readonly number: number;
  readonly answer?: Answer;
  readonly error?: { readonly message: string; readonly code?: string };
}

interface Waiting<Answer> {
  resolve(answer: Answer): void;
  reject(error: Error): void;
}

/**
 * A thread of this process that answers questions: started by the first, warm in between, and not what keeps the
 * process running. One that ends takes the questions under way with it and is replaced for the next, unless the process
 * cannot do without what it knew.
 */
export class AskedThread<Question, Answer> {
  private thread: Worker | undefined;
  private readonly waiting = new Map<number, Waiting<Answer>>();
  private questions = 0;

  /**
   * @param program a file that calls `answerQuestions`
   * @param options.vital whether the process ends with a thread that fails
   */
  constructor(
    private readonly program: URL,
    private readonly options: { readonly vital?: boolean } = {},
  ) {}

  /** @param moved what is given away with the question instead of being copied */
  ask(question: Question, moved: readonly ArrayBuffer[] = []): Promise<Answer> {
    const thread = (this.thread ??= this.start());
    const number = (this.questions += 1);
    // A process that waits for its thread goes on; one that does not may end.
    thread.ref();
    thread.postMessage({ number, question } satisfies AskedQuestion<Question>, moved);
    return new Promise((resolve, reject) => this.waiting.set(number, { resolve, reject }));
  }

  /** Says what needs no answer, to a thread that was asked before. */
  tell(question: Question): void {
    this.thread?.postMessage({ question } satisfies AskedQuestion<Question>);
  }

  private start(): Worker {
    const started = new Worker(this.program);
    started.on('message', (message: ThreadAnswer<Answer>) => {
      this.settle(message);
    });
    // An error that nobody listens to ends the process; otherwise the exit that follows tells whoever waits.
    if (!this.options.vital) started.on('error', () => undefined);
    started.once('exit', () => {
      this.thread = undefined;
      for (const number of this.waiting.keys()) this.settle({ number, error: { message: 'The thread has ended' } });
    });
    return started;
  }

  private settle({ number, answer, error }: ThreadAnswer<Answer>): void {
    const asker = this.waiting.get(number);
    this.waiting.delete(number);
    if (this.waiting.size === 0) this.thread?.unref();
    if (error) asker?.reject(Object.assign(new Error(error.message), { code: error.code }));
    else asker?.resolve(answer as Answer);
  }
}
