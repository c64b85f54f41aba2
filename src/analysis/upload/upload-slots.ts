import { Injectable } from '@nestjs/common';
import { Semaphore } from '../../platform/concurrency/semaphore.js';
import { tooManyUploads } from '../../platform/http/multipart/multipart.js';

/** Files of one owner that are uploaded at once: each holds a connection, open files and space on the disk. */
const MAX_UPLOADS_PER_OWNER = 256;

/** Bounds uploads by owner, so that an owner who sends many slowly leaves room for others. */
@Injectable()
export class UploadSlots extends Semaphore {
  constructor() {
    super({ permits: Infinity, permitsPerKey: MAX_UPLOADS_PER_OWNER, maxWaiting: 0, refuse: () => tooManyUploads() });
  }
}
