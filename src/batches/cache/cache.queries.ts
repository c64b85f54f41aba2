import type { Pool } from 'pg';

/** Results that are younger than so many seconds, as JSON texts by key. */
export async function findCached(db: Pool, keys: readonly string[], seconds: number): Promise<Map<string, string>> {
  const { rows } = await db.query<{ place: number; result: string }>({
    name: 'batch-cached',
    text: `SELECT (k.place - 1)::int AS place, found.result
             FROM unnest($1::uuid[]) WITH ORDINALITY AS k (key, place)
            CROSS JOIN LATERAL (
              SELECT r.result::text AS result
                FROM batch_cache AS c JOIN batch_results AS r ON r.batch_id = c.batch_id AND r.row_number = c.row_number
               WHERE c.key = k.key AND c.cached_at > now() - make_interval(secs => $2) AND r.error_class IS NULL
               LIMIT 1) AS found`,
    // Hexadecimal digits need no quotes.
    values: [`{${keys.join(',')}}`, seconds],
  });
  return new Map(rows.map(({ place, result }) => [keys[place] ?? '', result]));
}

/** Forgets where old answers are. */
export async function forgetCached(db: Pool, seconds: number): Promise<void> {
  await db.query('DELETE FROM batch_cache WHERE cached_at < now() - make_interval(secs => $1)', [seconds]);
}
