-- Who did what, when and from where: staff actions and security events. Rows are added and never changed.

CREATE TABLE audit_log (
  id         uuid PRIMARY KEY,
  actor_kind text NOT NULL CHECK (actor_kind IN ('anonymous', 'user', 'key', 'system')),
  -- The user; for a key its owner. Null when nobody has proved who they are.
  actor_id   uuid,
  api_key_id uuid,
  action     text NOT NULL CHECK (action ~ '^[a-z_]+(\.[a-z_]+)+$' AND length(action) <= 100),
  -- What it was done to, such as user:<id>.
  subject    text CHECK (length(subject) <= 300),
  ip_address inet,
  user_agent text CHECK (length(user_agent) <= 500),
  request_id text CHECK (length(request_id) <= 128),
  before     jsonb,
  after      jsonb,
  -- The moment itself: within one transaction things happen one after the other too.
  created_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
  CHECK ((actor_kind IN ('user', 'key')) = (actor_id IS NOT NULL)),
  CHECK ((actor_kind = 'key') = (api_key_id IS NOT NULL))
);

-- Lists are read newest first, by any of these.
CREATE INDEX audit_log_by_time ON audit_log (created_at, id);
CREATE INDEX audit_log_by_actor ON audit_log (actor_id, created_at, id) WHERE actor_id IS NOT NULL;
CREATE INDEX audit_log_by_action ON audit_log (action, created_at, id);
CREATE INDEX audit_log_by_subject ON audit_log (subject, created_at, id) WHERE subject IS NOT NULL;

CREATE FUNCTION refuse_to_change_audit_log() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'The audit log is append-only' USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER audit_log_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_audit_log();

-- Also for sessions that replicate or restore, which skip ordinary triggers.
ALTER TABLE audit_log ENABLE ALWAYS TRIGGER audit_log_is_append_only;
