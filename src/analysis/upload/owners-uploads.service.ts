import { Injectable } from '@nestjs/common';
import { tooManyUploads } from '../../platform/http/multipart.js';

/** Files of one owner that come in at once at most: each holds a connection, open files and a place on the disk. */
const MOST = 256;

/** Counts the files that are coming in by owner, so that one who sends many slowly leaves room for others. */
@Injectable()
export class OwnersUploadsService {
  private readonly underWay = new Map<string, number>();

  /** @throws too_many_uploads */
  async during<T>(ownerId: string, upload: () => Promise<T>): Promise<T> {
    if (this.of(ownerId) >= MOST) throw tooManyUploads();
    this.underWay.set(ownerId, this.of(ownerId) + 1);
    try {
      return await upload();
    } finally {
      const left = this.of(ownerId) - 1;
      if (left > 0) this.underWay.set(ownerId, left);
      else this.underWay.delete(ownerId);
    }
  }

  private of(ownerId: string): number {
    return this.underWay.get(ownerId) ?? 0;
  }
}
