import { createHash, randomUUID } from 'node:crypto';
import { DataSource, type EntityManager } from 'typeorm';
import { buildGround, eventually, type Ground } from '../../test/support/facet.js';
import {
  cancel,
  claim,
  type Claim,
  complete,
  fail,
  handBack,
  isCompletedBy,
  MAX_CRASHES,
  remove,
  renew,
  requeue,
} from './analysis.queries.js';
import { failPoison, poisonous, unattended } from './jobs/sweep.queries.js';

const LEASE = 10;
const ERROR = { code: 'image_unreadable', message: 'It is damaged.' };

let ground: Ground;
let source: DataSource;
let db: EntityManager;

beforeAll(async () => {
  ground = await buildGround();
  source = await new DataSource({ type: 'postgres', url: ground.databaseUrl, poolSize: 10 }).initialize();
  db = source.manager;
  // Nobody counts as lost right after a start of PostgreSQL, which may have been for this test.
  await eventually(
    () => db.query<[{ steady: boolean }]>(`SELECT pg_postmaster_start_time() < now() - interval '6 s' AS steady`),
    ([{ steady }]) => steady,
  );
});

afterEach(() => db.query('DELETE FROM analyses'));

afterAll(async () => {
  await source.destroy();
  await ground.remove();
});

async function buildAnalysis(): Promise<string> {
  const id = randomUUID();
  await db.query(
    `INSERT INTO analyses (id, file_type, filename, media_type, size_bytes, sha256, storage_key, features, options, status, job_id)
     VALUES ($1, 'image', 'a.png', 'image/png', 1, $2, 'x', '{image}', '{}', 'queued', $3)`,
    [id, createHash('sha256').update(id).digest('hex'), id],
  );
  return id;
}

async function claimed(id: string): Promise<Claim> {
  const mine = await claim(db, id, LEASE);
  if (!mine) throw new Error('It could not be claimed.');
  return mine;
}

const letLeaseRunOut = (id: string) =>
  db.query(`UPDATE analyses SET lease_until = now() - interval '1 s' WHERE id = $1`, [id]);

async function rowOf(id: string): Promise<Record<string, unknown>> {
  const [row] = await db.query<[Record<string, unknown>]>('SELECT * FROM analyses WHERE id = $1', [id]);
  return row;
}

describe('a claim', () => {
  it('is given to one of many who want it', async () => {
    const id = await buildAnalysis();
    const claims = await Promise.all(Array.from({ length: 20 }, () => claim(db, id, LEASE)));
    expect(claims.filter((given) => given !== null)).toEqual([expect.objectContaining({ id, attempt: 1 })]);
  });

  it('holds while its lease is renewed, and passes on with a crash counted when it runs out', async () => {
    const id = await buildAnalysis();
    const first = await claimed(id);
    expect(await renew(db, first, LEASE, 40)).toBe(true);
    expect(await claim(db, id, LEASE)).toBeNull();
    await letLeaseRunOut(id);
    expect(await claimed(id)).toMatchObject({ attempt: 2, progress: 40 });
    expect(await rowOf(id)).toMatchObject({ status: 'processing', crashes: 1 });
  });

  it('is not given for what has ended', async () => {
    const id = await buildAnalysis();
    await fail(db, await claimed(id), ERROR, 1, 0);
    expect(await claim(db, id, LEASE)).toBeNull();
    const other = await buildAnalysis();
    await cancel(db, other, 0);
    expect(await claim(db, other, LEASE)).toBeNull();
  });
});

describe('a worker that was thought lost', () => {
  it('can neither renew nor end the attempt of its successor', async () => {
    const id = await buildAnalysis();
    const late = await claimed(id);
    await letLeaseRunOut(id);
    await claimed(id);
    const before = await rowOf(id);
    expect([
      await renew(db, late, LEASE, 90),
      await complete(db, late, '{}', 1),
      await fail(db, late, ERROR, 1, 90),
      await handBack(db, late, true, 90),
      await isCompletedBy(db, late),
    ]).toEqual([false, false, false, false, false]);
    expect(await rowOf(id)).toEqual(before);
  });

  it('may still end it when nobody has taken it up', async () => {
    const id = await buildAnalysis();
    const late = await claimed(id);
    await letLeaseRunOut(id);
    expect(await complete(db, late, '{}', 1)).toBe(true);
  });
});

describe('an end', () => {
  it('comes once, and is recognised by the one who made it', async () => {
    const id = await buildAnalysis();
    const mine = await claimed(id);
    expect(await complete(db, mine, '{"image":{}, "text":"é"}', 2.5)).toBe(true);
    expect(await complete(db, mine, '{"image":{}}', 2.5)).toBe(false);
    expect(await isCompletedBy(db, mine)).toBe(true);
    expect(await isCompletedBy(db, { ...mine, attempt: 2 })).toBe(false);
    expect(await rowOf(id)).toMatchObject({
      status: 'completed',
      progress: 100,
      results: { image: {}, text: 'é' },
      results_bytes: 25,
    });
  });

  it.each(Array.from({ length: 10 }, (_, round) => round))('is one alone when all want it at once (%i)', async () => {
    const id = await buildAnalysis();
    const mine = await claimed(id);
    const ends = [
      () => source.transaction((tx) => complete(tx, mine, '{}', 1)),
      () => fail(db, mine, ERROR, 1, 50),
      () => cancel(db, id, 50),
      () => handBack(db, mine, false, 50),
    ];
    const ended = await Promise.all(ends.sort(() => Math.random() - 0.5).map((end) => end()));
    // Handed back first, it may still be cancelled; everything else ends it.
    expect(ended.filter(Boolean).length).toBeLessThanOrEqual(2);
  });

  it('never shows less progress than was told', async () => {
    const ends: ((mine: Claim) => Promise<boolean>)[] = [
      (mine) => fail(db, mine, ERROR, 1, 70),
      (mine) => cancel(db, mine.id, 70),
      (mine) => handBack(db, mine, true, 70),
    ];
    for (const end of ends) {
      const mine = await claimed(await buildAnalysis());
      await renew(db, mine, LEASE, 60);
      await renew(db, mine, LEASE, 20);
      expect(await end(mine)).toBe(true);
      expect((await rowOf(mine.id)).progress).toBe(70);
    }
  });
});

describe('poison', () => {
  it('is what has taken its analyzer with it as often as is allowed', async () => {
    const id = await buildAnalysis();
    for (let crash = 1; crash < MAX_CRASHES; crash++) expect(await handBack(db, await claimed(id), true, 0)).toBe(true);
    const last = await claimed(id);
    expect(last.attempt).toBe(MAX_CRASHES);
    expect(await handBack(db, last, true, 0)).toBe(false);
    expect(await handBack(db, last, false, 0)).toBe(true);
  });

  it('is what has taken its worker with it as often as is allowed, and is ended once', async () => {
    const id = await buildAnalysis();
    for (let crash = 1; crash <= MAX_CRASHES; crash++) {
      expect(await poisonous(db, 10)).toEqual([]);
      await claimed(id);
      await letLeaseRunOut(id);
    }
    expect(await claim(db, id, LEASE)).toBeNull();
    expect(await unattended(db, 3, 10)).toEqual([]);
    const [poison] = await poisonous(db, 10);
    expect(poison).toEqual({ id, attempt: MAX_CRASHES, job_id: id });
    const ended = await Promise.all(Array.from({ length: 5 }, () => failPoison(db, poison!, ERROR, 30)));
    expect(ended.filter(Boolean)).toEqual([true]);
    expect(await rowOf(id)).toMatchObject({
      status: 'failed',
      crashes: MAX_CRASHES,
      error_code: ERROR.code,
      progress: 30,
    });
  });

  it('is forgiven when it is tried again at its owner’s wish', async () => {
    const id = await buildAnalysis();
    await fail(db, await claimed(id), ERROR, 1, 80);
    expect(await requeue(db, id)).toBe(true);
    expect(await requeue(db, id)).toBe(false);
    expect(await rowOf(id)).toMatchObject({
      status: 'queued',
      job_id: `${id}-2`,
      crashes: 0,
      progress: 0,
      error_code: null,
    });
    expect(await claimed(id)).toMatchObject({ attempt: 2, job_id: `${id}-2` });
  });
});

it('finds what nobody attends to: queued for a while, or with a lease that ran out', async () => {
  // One that has just come is left to the job that is on its way.
  await buildAnalysis();
  const [old, leased, lost] = [await buildAnalysis(), await buildAnalysis(), await buildAnalysis()];
  await db.query(`UPDATE analyses SET queued_at = now() - interval '1 min' WHERE id = ANY($1)`, [[old, leased, lost]]);
  await claimed(leased);
  await claimed(lost);
  await letLeaseRunOut(lost);
  const found = await unattended(db, 3, 10);
  expect(found.map(({ id }) => id).sort()).toEqual([old, lost].sort());
});

it('keeps the totals that counting would give, whatever happens at once', async () => {
  const random = seeded(20251121);
  const ids = await Promise.all(Array.from({ length: 24 }, buildAnalysis));
  const step = async () => {
    const id = ids[Math.floor(random() * ids.length)]!;
    const dice = Math.floor(random() * 8);
    if (dice === 0) await cancel(db, id, 0);
    else if (dice === 1) await requeue(db, id);
    else if (dice === 2 && random() < 0.2) await remove(db, id);
    else {
      const mine = await claim(db, id, LEASE);
      if (!mine) return;
      if (dice < 4) await fail(db, mine, ERROR, random(), 10);
      else if (dice < 6) await source.transaction((tx) => complete(tx, mine, '{}', random()));
      else await handBack(db, mine, dice === 6, 10);
    }
  };
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      for (let steps = 0; steps < 40; steps++) await step();
    }),
  );
  const counted = await db.query(
    `SELECT status, count(*) AS analyses, coalesce(sum(processing_time), 0) AS processing_time FROM analyses GROUP BY 1 ORDER BY 1`,
  );
  const kept = await db.query(
    `SELECT status, sum(analyses)::bigint AS analyses, sum(processing_time) AS processing_time
       FROM analysis_totals GROUP BY 1 HAVING sum(analyses) <> 0 ORDER BY 1`,
  );
  expect(counted.length).toBeGreaterThan(1);
  expect(kept.map(asNumbers)).toEqual(counted.map(asNumbers));
});

const asNumbers = ({ status, analyses, processing_time }: Record<string, string>) => ({
  status,
  analyses: Number(analyses),
  processing_time: Number(processing_time),
});

/** Mulberry32: the same numbers for the same seed. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
