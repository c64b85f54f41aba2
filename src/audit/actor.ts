import type { Principal } from '../platform/http/principal.js';
import type { Actor, Origin } from './audit.service.js';

export const ANONYMOUS: Actor = { kind: 'anonymous' };

export const SYSTEM: Actor = { kind: 'system' };

/** Where the system is. */
export const NOWHERE: Origin = { ipAddress: null, userAgent: null, requestId: null };

export const userActor = (id: string): Actor => ({ kind: 'user', id });

/** Returns the principal of a request as an actor, by its session or key. */
export const actorOf = ({ ownerId, apiKeyId }: Principal): Actor =>
  apiKeyId === null ? userActor(ownerId) : { kind: 'key', id: ownerId, apiKeyId };
