-- A row for each file that is kept, written before its bytes: what the rows do not name is nobody's to remove.

CREATE TABLE files (
  id           uuid PRIMARY KEY,
  owner_id     uuid,
  -- What the file belongs to, such as 'analysis' and its id. What it belongs to says when it goes.
  subject_kind text NOT NULL,
  subject_id   uuid NOT NULL,
  name         text NOT NULL,
  media_type   text NOT NULL,
  size_bytes   bigint NOT NULL CHECK (size_bytes >= 0),
  sha256       text CHECK (length(sha256) = 64),
  storage_key  text NOT NULL,
  -- pending until the transaction that refers to it commits; removed while its bytes are still to go, and then its row.
  state        text NOT NULL CHECK (state IN ('pending', 'stored', 'removed')),
  created_at   timestamptz(3) NOT NULL DEFAULT now(),
  expires_at   timestamptz(3)
);

CREATE UNIQUE INDEX files_by_subject ON files (subject_kind, subject_id, name) WHERE state = 'stored';
-- As small as what is to be removed.
CREATE INDEX files_leftover ON files (subject_kind, subject_id, created_at) WHERE state <> 'stored';
CREATE INDEX files_without_owner ON files (id) WHERE owner_id IS NULL;
CREATE INDEX files_expiring ON files (expires_at) WHERE state = 'stored' AND expires_at IS NOT NULL;

INSERT INTO files (id, owner_id, subject_kind, subject_id, name, media_type, size_bytes, sha256, storage_key, state, created_at)
SELECT gen_random_uuid(), owner_id, 'analysis', id, 'source', media_type, size_bytes, sha256, storage_key, 'stored', created_at
  FROM analyses
 UNION ALL
SELECT gen_random_uuid(), a.owner_id, 'analysis', a.id, f.name, f.media_type, f.size_bytes, NULL, f.storage_key, 'stored',
       coalesce(a.completed_at, a.created_at)
  FROM artifacts AS f JOIN analyses AS a ON a.id = f.analysis_id;

DROP TABLE artifacts;

-- With the analyses that the first administrator adopts come their files.
CREATE FUNCTION adopt_files() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE files SET owner_id = NEW.id WHERE owner_id IS NULL;
  RETURN NULL;
END $$;

CREATE TRIGGER users_adopt_files AFTER INSERT OR UPDATE OF role ON users
  FOR EACH ROW WHEN (NEW.role = 'admin') EXECUTE FUNCTION adopt_files();

-- However an analysis goes, its files go with it: their bytes are removed after the commit.
CREATE FUNCTION remove_files_of_analyses() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE files SET state = 'removed'
    FROM removed
   WHERE files.subject_kind = 'analysis' AND files.subject_id = removed.id AND files.state <> 'removed';
  RETURN NULL;
END $$;

CREATE TRIGGER analyses_removed AFTER DELETE ON analyses
  REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION remove_files_of_analyses();
