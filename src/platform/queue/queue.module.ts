import { BullModule } from '@nestjs/bull';
import { Module } from '@nestjs/common';
import { Redis, type RedisOptions } from 'ioredis';
import { Environment } from '../config/environment.js';

/**
 * Bull on Redis. Its jobs only wake workers up: they carry ids, the rows in PostgreSQL are the truth, so nothing is kept of a
 * Bull job that is done and none is tried again by Bull.
 */
@Module({
  imports: [
    BullModule.forRootAsync({
      inject: [Environment],
      useFactory: ({ REDIS_URL = '', JOB_QUEUE_LOCK }: Environment) => ({
        prefix: 'facet',
        createClient: (type, options?: RedisOptions) => {
          const client = new Redis(REDIS_URL, {
            ...options,
            maxRetriesPerRequest: null,
            enableReadyCheck: false,
            enableOfflineQueue: type !== 'client',
            retryStrategy: (attempt: number) => Math.min(100 * attempt, 1_000),
          });
          // Bull hears of its errors until its queue is closed; then ioredis would write them to standard error.
          return client.on('error', () => undefined);
        },
        defaultJobOptions: { attempts: 1, removeOnComplete: true, removeOnFail: true },
        // A worker that was killed between an announcement and its claim holds the Bull job for so long.
        settings: {
          lockDuration: JOB_QUEUE_LOCK * 1000,
          stalledInterval: (JOB_QUEUE_LOCK * 1000) / 2,
          maxStalledCount: 1,
        },
      }),
    }),
  ],
})
export class QueueModule {}
