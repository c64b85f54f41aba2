import { parentPort } from 'node:worker_threads';
import type { AskedQuestion, ThreadAnswer } from './asked-thread.js';

/**
 * Makes this thread one that is asked. Questions are begun in the order in which they were asked; what is thrown is
 * thrown where it was asked, with its message and code.
 *
 * @param moved the part of an answer that is given away instead of being copied
 */
export function answerQuestions<Answer>(
  answer: (question: never) => Answer | Promise<Answer>,
  moved: (answer: Answer) => readonly ArrayBuffer[] = () => [],
): void {
  const send = (message: ThreadAnswer<Answer>, given: readonly ArrayBuffer[] = []) =>
    parentPort?.postMessage(message, given);
  const take = async ({ number, question }: AskedQuestion<never>) => {
    try {
      const answered = await answer(question);
      if (number !== undefined) send({ number, answer: answered }, moved(answered));
    } catch (error) {
      const { message, code } = error as NodeJS.ErrnoException;
      if (number !== undefined) send({ number, error: { message, code } });
    }
  };
  parentPort?.on('message', (asked: AskedQuestion<never>) => void take(asked));
}
