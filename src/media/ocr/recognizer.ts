import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Worker as Thread } from 'node:worker_threads';
import type { Page, Worker } from 'tesseract.js';

/** A Tesseract engine in a thread of its own. */
export interface Recognizer {
  /** Reads one encoded image; returns what Tesseract found, boxes in its pixels. */
  read(image: Buffer): Promise<Page>;
  close(): Promise<void>;
}

/** tesseract.js hands out its thread, though its types do not say so. */
type WorkerWithThread = Worker & { readonly worker: Thread };

/**
 * Starts Tesseract with the English model that comes as a package; nothing is fetched and nothing is cached on disk.
 *
 * @param onDeath called when the thread ends, by itself or by `close`: this recognizer will read no more
 */
export async function startRecognizer(onDeath: () => void): Promise<Recognizer> {
  const engine = await startEngine();
  await engine.setParameters(await parameters());
  const died = new Promise<never>((_, reject) => {
    engine.worker.on('error', reject);
    engine.worker.on('exit', () => {
      onDeath();
      reject(new Error('The text recognition ended.'));
    });
  });
  // A pending read rejects with it; without one it is no unhandled rejection.
  died.catch(() => undefined);
  // Warm but idle, the thread must not keep the process from ending.
  engine.worker.unref();
  return { read: (image) => readPage(engine, died, image), close: () => endThread(engine.worker) };
}

/** tesseract.js never settles its promise when loading the model fails: its error handler tells. */
function startEngine(): Promise<WorkerWithThread> {
  return new Promise((resolve, reject) => {
    const fail = (reason: unknown) => {
      reject(new Error(`Tesseract did not start: ${String(reason)}`));
    };
    import('tesseract.js')
      .then(({ createWorker, OEM }) =>
        createWorker('eng', OEM.LSTM_ONLY, {
          langPath: modelFolder(),
          gzip: true,
          cacheMethod: 'none',
          errorHandler: fail,
        }),
      )
      .then((engine) => {
        resolve(engine as WorkerWithThread);
      })
      .catch(fail);
  });
}

/** The integer model for the LSTM engine, the one tesseract.js itself would fetch. */
function modelFolder(): string {
  const manifest = createRequire(import.meta.url).resolve('@tesseract.js-data/eng/package.json');
  return join(dirname(manifest), '4.0.0_best_int');
}

/** Images hold columns, captions and single words: let Tesseract find the blocks, and keep its remarks to itself. */
async function parameters() {
  const { PSM } = await import('tesseract.js');
  return { tessedit_pageseg_mode: PSM.AUTO, debug_file: '/dev/null' };
}

async function readPage(engine: WorkerWithThread, died: Promise<never>, image: Buffer): Promise<Page> {
  engine.worker.ref();
  try {
    const { data } = await Promise.race([engine.recognize(image, {}, { text: false, blocks: true }), died]);
    return data;
  } finally {
    engine.worker.unref();
  }
}

async function endThread(thread: Thread): Promise<void> {
  await thread.terminate();
}
