import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import threads from 'node:worker_threads';

const [SOURCES, BUILT] = ['src', 'dist'].map((folder) => join(__dirname, '../..', folder));

/** Threads run as they were built: Jest reads the source of a spec, and nothing reads that of a thread. */
class BuiltWorker extends threads.Worker {
  constructor(file: string | URL, options?: threads.WorkerOptions) {
    const path = typeof file === 'string' ? file : fileURLToPath(file);
    const built = path.replace(SOURCES!, BUILT!);
    super(existsSync(built) ? built : file, options);
  }
}

threads.Worker = BuiltWorker;
