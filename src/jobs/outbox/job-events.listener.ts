import { Injectable } from '@nestjs/common';
import { EventsService } from '../../platform/events/events.service.js';
import { JobRegistry } from '../job.registry.js';
import type { JobChange } from './outbox.queries.js';
import { type OutboxListener, RegisterOutboxListener } from './outbox.service.js';

/** How changes are told that are named for what has happened and not for the status. */
const TOLD_AS: Readonly<Partial<Record<string, string>>> = { processing: 'started', queued: 'progress' };

/** Publishes each change of a job as an event, such as `analysis.completed`, to every process. */
@Injectable()
@RegisterOutboxListener()
export class JobEventsListener implements OutboxListener {
  constructor(
    private readonly events: EventsService,
    private readonly registry: JobRegistry,
  ) {}

  async deliver(changes: readonly JobChange[]): Promise<void> {
    await Promise.all(changes.map((change) => this.publish(change)));
  }

  private async publish({ kind, status, subject_id }: JobChange): Promise<void> {
    const event = this.registry.kinds.find(({ name }) => name === kind)?.event;
    if (event !== undefined)
      await this.events.deliver({ type: `${event}.${TOLD_AS[status] ?? status}`, id: subject_id });
  }
}
