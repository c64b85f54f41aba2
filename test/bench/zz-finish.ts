import { Workbench } from './workbench.js';
import { startGround } from './product.js';
import { buildUpload } from '../support/batches/upload.js';
import { Pool } from 'pg';
import { v7 as uuid, v4 } from 'uuid';
import { finishRows } from '../../src/batches/engine/finish.queries.js';
import { claimChunks, enterWorker, openRows } from '../../src/batches/engine/lease.queries.js';
import { OpenChunk } from '../../src/batches/engine/row.js';
const bench = new Workbench();
try {
  const { DATABASE_URL, database } = await startGround(bench);
  for (const keyed of [false, true, false, true]) {
    await buildUpload(database, { rows: 40000, rowsAPart: 5000 });
    await database.query('VACUUM ANALYZE batch_items');
    const pool = new Pool({ connectionString: DATABASE_URL, max: 1 });
    const id = uuid(); await enterWorker(pool, id, 300);
    const t = { claim: 0, open: 0, finish: 0 }; let n = 0, flushes = 0;
    const time = async <T>(k: keyof typeof t, f: () => Promise<T>) => { const s = performance.now(); const r = await f(); t[k] += performance.now() - s; return r; };
    for (;;) {
      const claimed = await time('claim', () => claimChunks(pool, id, { rows: new Map(), excluded: [] }, 5));
      if (!claimed.length) break;
      const chunks = claimed.map((c: any) => new OpenChunk(c.batch_id, c.number, c.attempt, { uploadId: c.upload_id } as any));
      const rows = (await time('open', () => openRows(pool, claimed))).map((r: any) => ({ row: { chunk: chunks[r.chunk]!, rowNumber: r.row_number, url: r.url, host: '', key: null, tries: 1, waitingSince: null }, ending: { attempts: 1, cached: false, duration: 0.1, result: '{"label":"landscape","score":0.93}', failure: null, keys: keyed ? [v4()] : [] } }));
      for (const { row } of rows) row.chunk.unsaved++;
      await time('finish', () => finishRows(pool, id, rows as any)); n += rows.length; flushes++;
    }
    console.log(keyed, n, flushes, Object.entries(t).map(([k, v]) => `${k} ${(v * 1000 / n).toFixed(1)} us/row`).join(' '));
    await pool.end();
  }
} finally { await bench.close(); }
