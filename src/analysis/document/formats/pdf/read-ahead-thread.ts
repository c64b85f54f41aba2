import { parentPort } from 'node:worker_threads';
import type { ReadAheadMessage, ReadAheadTask } from './read-ahead.js';
import { withPdf } from './pdf-document.js';
import { readLayer } from './page-layer.js';

/** The thread's main file: reads a PDF from its last page towards the one that the reader has reached. */

/** Characters that are read ahead of the reader at most. */
const MAX_CHARACTERS = 32_000_000;

const say = (message: ReadAheadMessage) => parentPort?.postMessage(message);

async function readBackwards({ task, path, last, turns }: ReadAheadTask): Promise<void> {
  const marks = new Int32Array(turns);
  let characters = 0;
  await withPdf(path, async (pdf) => {
    for (let number = last; number > Atomics.load(marks, 0) && characters < MAX_CHARACTERS; number -= 1) {
      // From here on the reader waits for this page, so it is told whatever happens in between.
      Atomics.store(marks, 1, number);
      const layer = await pdf.withPage(number, readLayer);
      characters += layer?.text.length ?? 0;
      say({ task, number, layer });
    }
  });
}

parentPort?.on('message', (task: ReadAheadTask) => {
  // The reader reads what is missing itself, and finds out itself what is wrong with the file.
  readBackwards(task).catch(() => {
    say({ task: task.task, failed: true });
  });
});
