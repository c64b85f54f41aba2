-- When somebody last logged in, and searches for parts of names and addresses.

ALTER TABLE users ADD COLUMN last_login_at timestamptz(3);

UPDATE users SET last_login_at = (SELECT max(sessions.created_at) FROM sessions WHERE user_id = users.id);

CREATE INDEX users_by_text ON users USING gin (username gin_trgm_ops, email gin_trgm_ops);
