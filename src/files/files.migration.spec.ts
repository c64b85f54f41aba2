import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { v7 as uuid } from 'uuid';
import { buildGround, type Ground } from '../../test/support/facet.js';

const FOLDER = join(__dirname, '../../migrations');
const MIGRATION = '1764400000000-files.sql';

let ground: Ground;

beforeAll(async () => {
  ground = await buildGround();
  await ground.database.query('CREATE SCHEMA earlier; SET search_path = earlier, public');
  for (const name of readdirSync(FOLDER).sort()) if (name < MIGRATION) await run(name);
});

afterAll(() => ground.remove());

const run = (name: string) => ground.database.query(readFileSync(join(FOLDER, name), 'utf8'));

it('gives every source and artifact of an earlier version its row', async () => {
  const [owner, id, orphan] = [uuid(), uuid(), uuid()];
  await ground.database.query(
    `INSERT INTO analyses (id, owner_id, file_type, filename, media_type, size_bytes, sha256, storage_key, features, options, status, job_id)
     SELECT id, owner_id, 'image', 'a.png', 'image/png', 12, repeat('a', 64), right(id::text, 3) || '/' || id || '/source', '{image}', '{}', 'queued', id::text
       FROM unnest($1::uuid[], $2::uuid[]) AS row (id, owner_id)`,
    [
      [id, orphan],
      [owner, null],
    ],
  );
  await ground.database.query(`INSERT INTO artifacts VALUES ($1, 'thumbnail.jpg', 'image/jpeg', 5, 'key')`, [id]);

  await run(MIGRATION);

  const { rows } = await ground.database.query(
    `SELECT owner_id, subject_kind, subject_id, name, media_type, size_bytes::int, sha256, storage_key, state
       FROM files ORDER BY subject_id, name`,
  );
  const source = (subject_id: string, owner_id: string | null) => ({
    owner_id,
    subject_kind: 'analysis',
    subject_id,
    name: 'source',
    media_type: 'image/png',
    size_bytes: 12,
    sha256: 'a'.repeat(64),
    storage_key: `${subject_id.slice(-3)}/${subject_id}/source`,
    state: 'stored',
  });
  const artifact = { name: 'thumbnail.jpg', media_type: 'image/jpeg', size_bytes: 5, sha256: null, storage_key: 'key' };
  expect(rows).toEqual([source(id, owner), { ...source(id, owner), ...artifact }, source(orphan, null)]);

  await ground.database.query(
    `INSERT INTO users (id, username, email, password_hash, role) VALUES ($1, 'admin', 'admin@example.org', 'x', 'admin')`,
    [uuid()],
  );
  const adopted = await ground.database.query(`SELECT DISTINCT subject_id FROM files WHERE owner_id <> $1`, [owner]);
  expect(adopted.rows).toEqual([{ subject_id: orphan }]);
});
