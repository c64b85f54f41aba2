-- Failed mails are counted for the queue board; among all that were sent they are few.
CREATE INDEX mails_failed ON mails (ended_at) WHERE status = 'failed';
