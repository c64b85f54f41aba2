import { BullModule } from '@nestjs/bull';
import { type INestApplicationContext, Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { setTimeout as delay } from 'node:timers/promises';
import { Pool } from 'pg';
import { v7 as uuid } from 'uuid';
import { type JobKind, NEVER, RegisterJobKind } from '../../../src/jobs/job.kind.js';
import { JobsModule } from '../../../src/jobs/jobs.module.js';
import { JobsService } from '../../../src/jobs/jobs.service.js';
import { ConfigModule } from '../../../src/platform/config/config.module.js';
import { loadEnvironment } from '../../../src/platform/config/load-environment.js';
import { DatabaseModule } from '../../../src/platform/database/database.module.js';
import { DrainingModule } from '../../../src/platform/draining.module.js';
import { EventsModule } from '../../../src/platform/events/events.module.js';
import { QueueModule } from '../../../src/platform/queue/queue.module.js';
import { RedisModule } from '../../../src/platform/redis/redis.module.js';
import { answerQuestions } from '../workbench.js';
import type { JobsQuestion } from './job-kinds.js';

const NAME = 'bench-jobs';

let done = 0;

@Injectable()
@RegisterJobKind()
class BenchKind implements JobKind<{ number: number }, void> {
  readonly name = NAME;
  readonly table = 'bench_jobs';
  readonly columns = 'number';
  readonly lane = 'network';
  readonly concurrency = Number(process.env.BENCH_CONCURRENCY);
  readonly maxCrashes = 3;
  readonly poison = { code: 'crashed', message: 'It crashed.' };
  readonly retry = NEVER;

  timeoutSeconds(): number {
    return 60;
  }

  run(): Promise<void> {
    done += 1;
    return Promise.resolve();
  }
}

let application: Promise<INestApplicationContext> | undefined;
let pool: Pool | undefined;

async function start({ databaseUrl, redisUrl, concurrency }: JobsQuestion): Promise<INestApplicationContext> {
  process.env.BENCH_CONCURRENCY = String(concurrency);
  const environment = loadEnvironment({ DATABASE_URL: databaseUrl, REDIS_URL: redisUrl, ROLE: 'worker' });
  @Module({
    imports: [
      ConfigModule.with(environment),
      DrainingModule,
      RedisModule,
      EventsModule,
      DatabaseModule,
      QueueModule,
      JobsModule,
      BullModule.registerQueue({ name: NAME }),
    ],
    providers: [BenchKind],
  })
  class BenchModule {}
  pool = new Pool({ connectionString: databaseUrl, max: 2 });
  return NestFactory.createApplicationContext(BenchModule, { logger: ['error'] });
}

/** Inserts jobs and has the core work them off. Returns seconds. */
answerQuestions(async (question: JobsQuestion) => {
  application ??= start(question);
  const jobs = (await application).get(JobsService);
  const { jobs: count, together } = question;
  done = 0;
  const started = performance.now();
  for (let first = 0; first < count; first += together) {
    const ids = Array.from({ length: Math.min(together, count - first) }, () => uuid());
    await pool!.query(
      `INSERT INTO bench_jobs (id, job_id, number) SELECT id, id::text, $2 FROM unnest($1::uuid[]) AS id`,
      [ids, first],
    );
    void jobs.enqueue(
      NAME,
      ids.map((id) => ({ id, job_id: id })),
    );
  }
  while (done < count || (await isOpen())) await delay(2);
  const seconds = (performance.now() - started) / 1000;
  await pool!.query('TRUNCATE bench_jobs');
  return { seconds };
});

async function isOpen(): Promise<boolean> {
  const { rows } = await pool!.query<{ open: boolean }>(
    `SELECT EXISTS (SELECT FROM bench_jobs WHERE status = 'queued') OR EXISTS (SELECT FROM bench_jobs WHERE status = 'processing') AS open`,
  );
  return rows[0]?.open ?? true;
}
