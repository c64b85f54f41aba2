-- Accounts, their sessions and their API keys. Of whatever lets somebody in, only a hash is kept.

CREATE TABLE users (
  id            uuid PRIMARY KEY,
  username      text NOT NULL CHECK (char_length(username) BETWEEN 3 AND 50),
  email         text NOT NULL CHECK (char_length(email) BETWEEN 3 AND 100),
  -- argon2id in the PHC form, which names its own parameters.
  password_hash text NOT NULL,
  role          text NOT NULL DEFAULT 'user' CHECK (role IN ('user', 'admin')),
  disabled_at   timestamptz(3),
  created_at    timestamptz(3) NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX users_by_email ON users (lower(email));
CREATE UNIQUE INDEX users_by_username ON users (lower(username));
CREATE INDEX users_by_time ON users (created_at, id);

-- One log-in and everything that was refreshed from it: the family of its refresh tokens.
CREATE TABLE sessions (
  id         uuid PRIMARY KEY,
  user_id    uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  ip_address inet,
  user_agent text,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  -- Of the newest refresh token.
  expires_at timestamptz(3) NOT NULL,
  ended_at   timestamptz(3)
);
CREATE INDEX sessions_by_user ON sessions (user_id) WHERE ended_at IS NULL;
CREATE INDEX sessions_by_end ON sessions (expires_at);

-- Used ones stay as long as their session, so that one that comes back is known for what it is.
CREATE TABLE refresh_tokens (
  sha256     bytea PRIMARY KEY CHECK (length(sha256) = 32),
  session_id uuid NOT NULL REFERENCES sessions ON DELETE CASCADE,
  expires_at timestamptz(3) NOT NULL,
  used_at    timestamptz(3)
);
CREATE INDEX refresh_tokens_by_session ON refresh_tokens (session_id);

CREATE TABLE api_keys (
  id           uuid PRIMARY KEY,
  owner_id     uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  name         text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 100),
  -- The part of the key that may be shown.
  prefix       text NOT NULL UNIQUE,
  sha256       bytea NOT NULL UNIQUE CHECK (length(sha256) = 32),
  scopes       text[] NOT NULL,
  expires_at   timestamptz(3),
  last_used_at timestamptz(3),
  created_at   timestamptz(3) NOT NULL DEFAULT now()
);
CREATE INDEX api_keys_by_owner ON api_keys (owner_id, created_at, id);

-- Asked for, not yet looked into: written the same whether or not there is such an account.
CREATE TABLE password_reset_requests (
  id         uuid PRIMARY KEY,
  email      text NOT NULL CHECK (char_length(email) <= 100),
  created_at timestamptz(3) NOT NULL DEFAULT now()
);

CREATE TABLE password_resets (
  sha256     bytea PRIMARY KEY CHECK (length(sha256) = 32),
  user_id    uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  expires_at timestamptz(3) NOT NULL,
  used_at    timestamptz(3)
);
CREATE INDEX password_resets_by_user ON password_resets (user_id);
CREATE INDEX password_resets_by_end ON password_resets (expires_at);

-- Analyses from the time before accounts are nobody's and seen by nobody, until the first administrator adopts them.
CREATE FUNCTION adopt_analyses() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE analyses SET owner_id = NEW.id WHERE owner_id IS NULL;
  RETURN NULL;
END $$;

CREATE TRIGGER users_adopt_analyses AFTER INSERT OR UPDATE OF role ON users
  FOR EACH ROW WHEN (NEW.role = 'admin') EXECUTE FUNCTION adopt_analyses();
