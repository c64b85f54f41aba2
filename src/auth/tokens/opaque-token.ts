import { createHash, randomBytes } from 'node:crypto';

/** 256 random bits for a URL or a form. */
export const opaqueToken = (): string => randomBytes(32).toString('base64url');

/** All that is kept of a token: as it is random, one hash is as good as many. */
export const sha256 = (token: string): Buffer => createHash('sha256').update(token).digest();
