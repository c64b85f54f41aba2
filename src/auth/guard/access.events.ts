/** A session, a key, a role or an account has changed; the event's id is the user's. */
export const ACCESS_CHANGED = 'access.changed';
