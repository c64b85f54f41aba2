import type { FastifyReply } from 'fastify';
import type { Readable } from 'node:stream';

/** Sends server-sent events so that no proxy holds them back. */
export async function sendEvents(reply: FastifyReply, events: Readable): Promise<void> {
  void reply.headers({ 'Cache-Control': 'no-cache, no-transform', 'X-Accel-Buffering': 'no' });
  await reply.type('text/event-stream; charset=utf-8').send(events);
}
