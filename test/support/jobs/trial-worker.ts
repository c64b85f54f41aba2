import { BullModule } from '@nestjs/bull';
import { Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { InjectEntityManager } from '@nestjs/typeorm';
import type { EntityManager } from 'typeorm';
import { AppModule } from '../../../src/app.module.js';
import { type JobFacts, type JobHook, RegisterJobHook } from '../../../src/jobs/job.kind.js';
import type { JobChange } from '../../../src/jobs/outbox/outbox.queries.js';
import { type OutboxListener, RegisterOutboxListener } from '../../../src/jobs/outbox/outbox.service.js';
import { loadEnvironment } from '../../../src/platform/config/load-environment.js';
import { Draining } from '../../../src/platform/draining.js';
import { createLogger } from '../../../src/platform/logging/create-logger.js';
import { NestLogger } from '../../../src/platform/logging/nest-logger.js';
import { TrialKind, TRIALS } from './trial.kind.js';

/** A worker as `dist/main.js` is one, that knows the kind `trials` besides: declared here, and named nowhere else. */

const note = (db: EntityManager, id: string, fact: string): Promise<unknown> =>
  db.query('INSERT INTO trial_facts (id, fact) VALUES ($1, $2)', [id, fact]);

@Injectable()
@RegisterJobHook()
class TrialHook implements JobHook {
  ended(db: EntityManager, kind: string, { id }: JobFacts, status: string): Promise<void> {
    return kind === TRIALS ? note(db, id, `ended: ${status}`).then(() => undefined) : Promise.resolve();
  }
}

/** Fails at its first delivery, so that what is in the outbox has to come again. */
@Injectable()
@RegisterOutboxListener()
class TrialListener implements OutboxListener {
  private hasFailed = false;

  constructor(@InjectEntityManager() private readonly db: EntityManager) {}

  async deliver(changes: readonly JobChange[]): Promise<void> {
    const mine = changes.filter(({ kind }) => kind === TRIALS);
    for (const { subject_id, status } of mine) await note(this.db, subject_id, `delivered: ${status}`);
    if (mine.length > 0 && !this.hasFailed) {
      this.hasFailed = true;
      throw new Error('The first delivery fails');
    }
  }
}

@Module({
  imports: [BullModule.registerQueue({ name: TRIALS })],
  providers: [TrialHook, TrialKind, TrialListener],
})
class TrialModule {}

const environment = loadEnvironment();

@Module({ imports: [AppModule.with(environment), TrialModule] })
class TrialAppModule {}

const application = await NestFactory.createApplicationContext(TrialAppModule, {
  logger: new NestLogger(createLogger(environment)),
});
process.on('SIGTERM', () => {
  void (async () => {
    await application.get(Draining).start();
    await application.close();
    process.exit(0);
  })();
});
process.send?.('ready');
