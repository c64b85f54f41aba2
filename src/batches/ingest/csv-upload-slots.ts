import { Injectable } from '@nestjs/common';
import { Semaphore } from '../../platform/concurrency/semaphore.js';
import { Environment } from '../../platform/config/environment.js';
import { tooManyUploads } from '../../platform/http/multipart/multipart.js';

/** Time for which an upload is not read on while others are. */
const TIMEOUT_MS = 20_000;

/** Bounds large CSV uploads, which hold a connection to PostgreSQL as long as they last, to a quarter of the pool. */
@Injectable()
export class CsvUploadSlots extends Semaphore {
  constructor({ DATABASE_POOL_SIZE }: Environment) {
    super({
      permits: Math.max(1, Math.floor(DATABASE_POOL_SIZE / 4)),
      timeoutMs: TIMEOUT_MS,
      refuse: () => tooManyUploads(),
    });
  }
}
