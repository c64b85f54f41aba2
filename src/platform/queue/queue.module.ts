import { BullModule } from '@nestjs/bull';
import { Module } from '@nestjs/common';
import { Redis, type RedisOptions } from 'ioredis';
import { Environment } from '../config/environment.js';

/**
 * Bull on Redis. Its jobs only wake workers: they carry ids, the rows in PostgreSQL are the truth, so finished jobs are
 * removed and Bull retries none.
 */
@Module({
  imports: [
    BullModule.forRootAsync({
      inject: [Environment],
      useFactory: ({ REDIS_URL = '' }: Environment) => ({
        prefix: 'facet',
        createClient: (type, options?: RedisOptions) => {
          const client = new Redis(REDIS_URL, {
            ...options,
            maxRetriesPerRequest: null,
            enableReadyCheck: false,
            enableOfflineQueue: type !== 'client',
            retryStrategy: (attempt: number) => Math.min(100 * attempt, 1_000),
          });
          // Bull listens to its errors until its queue is closed; then ioredis would write them to standard error.
          return client.on('error', () => undefined);
        },
        defaultJobOptions: { attempts: 1, removeOnComplete: true, removeOnFail: true },
        // A worker that was killed between receiving the job and claiming the row holds the job for this long.
        settings: { lockDuration: 10_000, stalledInterval: 5_000, maxStalledCount: 1 },
      }),
    }),
  ],
})
export class QueueModule {}
