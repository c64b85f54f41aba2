import type { Principal } from '../platform/http/caller.js';
import type { Actor, Origin } from './audit.service.js';

export const ANONYMOUS: Actor = { kind: 'anonymous' };

export const SYSTEM: Actor = { kind: 'system' };

/** Where the system is. */
export const NOWHERE: Origin = { ipAddress: null, userAgent: null, requestId: null };

export const userActor = (id: string): Actor => ({ kind: 'user', id });

/** The principal who is signed in, by session, key or token. */
export const actorOf = ({ ownerId, apiKeyId }: Principal): Actor =>
  apiKeyId === null ? userActor(ownerId) : { kind: 'key', id: ownerId, apiKeyId };
