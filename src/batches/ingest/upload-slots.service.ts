import { Injectable } from '@nestjs/common';
import { Environment } from '../../platform/config/environment.js';
import { tooManyUploads } from '../../platform/http/multipart.js';

/** Milliseconds for which an upload is not read on while others are. */
const PATIENCE = 20_000;

/** Large uploads hold a connection for as long as their senders take: never more than a quarter of them. */
@Injectable()
export class UploadSlotsService {
  private free: number;
  private readonly waiting: (() => void)[] = [];

  constructor({ DATABASE_POOL_SIZE }: Environment) {
    this.free = Math.max(1, DATABASE_POOL_SIZE >> 2);
  }

  /** Answers how the place is given back, which may be done twice. @throws too_many_uploads */
  async take(): Promise<() => void> {
    if (this.free > 0) this.free -= 1;
    else await this.wait();
    let held = true;
    return () => {
      if (held) this.giveBack();
      held = false;
    };
  }

  private wait(): Promise<void> {
    return new Promise((resolve, reject) => {
      const patience = setTimeout(() => {
        this.waiting.splice(this.waiting.indexOf(mine), 1);
        reject(tooManyUploads());
      }, PATIENCE);
      const mine = () => {
        clearTimeout(patience);
        resolve();
      };
      this.waiting.push(mine);
    });
  }

  private giveBack(): void {
    const next = this.waiting.shift();
    if (next) next();
    else this.free += 1;
  }
}
