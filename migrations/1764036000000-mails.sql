-- Mails that wait to be sent, written in the transaction of what they tell of.

CREATE TABLE mails (
  id              uuid PRIMARY KEY,
  recipient       text NOT NULL CHECK (length(recipient) <= 320),
  subject         text NOT NULL CHECK (length(subject) <= 200),
  -- May hold a token that opens an account: gone as soon as nobody has to send it any more.
  body            text,
  status          text NOT NULL DEFAULT 'queued' CHECK (status IN ('queued', 'sending', 'sent', 'failed')),
  attempts        integer NOT NULL DEFAULT 0,
  next_attempt_at timestamptz NOT NULL DEFAULT now(),
  lease_until     timestamptz,
  error           text,
  created_at      timestamptz(3) NOT NULL DEFAULT now(),
  ended_at        timestamptz(3),
  CHECK ((status = 'sending') = (lease_until IS NOT NULL)),
  CHECK ((status IN ('sent', 'failed')) = (ended_at IS NOT NULL)),
  CHECK ((status IN ('sent', 'failed')) = (body IS NULL))
);

CREATE INDEX mails_queued ON mails (next_attempt_at) WHERE status = 'queued';
CREATE INDEX mails_leased ON mails (lease_until) WHERE status = 'sending';
CREATE INDEX mails_ended ON mails (ended_at) WHERE ended_at IS NOT NULL;
