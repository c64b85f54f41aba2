import type { Principal } from '../platform/http/principal.js';
import type { Actor, Origin } from './audit.service.js';

export const ANONYMOUS: Actor = { kind: 'anonymous' };

export const SYSTEM: Actor = { kind: 'system' };

/** Where the system is. */
export const NOWHERE: Origin = { ipAddress: null, userAgent: null, requestId: null };

export const userActor = (id: string): Actor => ({ kind: 'user', id });

/** Whoever is signed in, by whatever they are signed in with. */
export const actorOf = ({ ownerId, apiKeyId }: Principal): Actor =>
  apiKeyId === null ? userActor(ownerId) : { kind: 'key', id: ownerId, apiKeyId };
