import { fastify } from 'fastify';
import jwt, { type JwtPayload } from 'jsonwebtoken';
import { createSecretKey } from 'node:crypto';
import { Pool } from 'pg';
import { serveRequests } from './workbench.js';

/** The row as it is answered, made by PostgreSQL as far as it can be. */
const SQL = `
  SELECT id, file_type, filename, media_type, size_bytes::float8 AS size_bytes, sha256, status, progress, job_id, attempts,
         features, results,
         CASE WHEN error_code IS NOT NULL THEN json_build_object('code', error_code, 'message', error_message) END AS error,
         processing_time::float8 AS processing_time, created_at, started_at, completed_at,
         coalesce((SELECT json_agg(json_build_object('name', f.name, 'media_type', f.media_type, 'size_bytes', f.size_bytes,
                                                     'url', '/api/v1/results/' || a.id || '/artifacts/' || f.name)
                                   ORDER BY length(f.name), f.name)
                     FROM files AS f WHERE f.subject_kind = 'analysis' AND f.subject_id = a.id AND f.state = 'stored'
                                            AND f.name <> 'source'), '[]') AS artifacts
    FROM analyses AS a WHERE id = $1 AND owner_id = $2`;

interface BareRead {
  readonly connectionString: string;
  readonly max: number;
  readonly secret: string;
}

/** The least that could answer `GET /results/{id}`: bare Fastify, a verified token and one prepared query. */
serveRequests(async ({ connectionString, max, secret }: BareRead) => {
  const pool = new Pool({ connectionString, max });
  const key = createSecretKey(Buffer.from(secret));
  const app = fastify();
  app.get<{ Params: { id: string } }>('/results/:id', async ({ params: { id }, headers }, reply) => {
    const token = headers.authorization?.slice('Bearer '.length) ?? '';
    const payload = jwt.verify(token, key, { algorithms: ['HS256'], issuer: 'facet', audience: 'facet' }) as JwtPayload;
    const { rows } = await pool.query({ name: 'one', text: SQL, values: [id, payload.sub] });
    if (rows.length === 0) return reply.code(404).send();
    return rows[0] as object;
  });
  return { url: await app.listen({ port: 0, host: '127.0.0.1' }) };
});
