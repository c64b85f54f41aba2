import { apiKeyCreate } from './accounts/api-key-create.js';
import { userCreate } from './accounts/user-create.js';
import { batchExport } from './batch/batch-export.js';
import { batchSubmit } from './batch/batch-submit.js';
import type { Command } from './command.js';
import { demo } from './demo.js';
import { doctor } from './doctor/doctor.js';

/** All that `npm run facet --` can do. */
export const commands: readonly Command[] = [batchSubmit, batchExport, userCreate, apiKeyCreate, doctor, demo];
