import { batchExport } from './batch/batch-export.js';
import { batchSubmit } from './batch/batch-submit.js';
import type { Command } from './command.js';

/** All that `npm run facet --` can do. */
export const commands: readonly Command[] = [batchSubmit, batchExport];
