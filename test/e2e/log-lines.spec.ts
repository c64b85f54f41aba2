import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { analyze, call, send } from '../support/client.js';
import { launchFacet } from '../support/facet.js';
import { solid } from '../support/media/images.js';
import { repeatedKeys } from '../support/repeated-keys.js';

it('writes each key once in every line, from the start of its own servers to its end', async () => {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'facet-data-'));
  const facet = await launchFacet({ DATA_DIR: dataDirectory, LOG_LEVEL: 'trace' });
  try {
    const picture = await solid(40, 30, '#336699').png().toBuffer();
    expect(await analyze(facet.url, picture)).toMatchObject({ status: 'completed' });
    const broken = Buffer.concat([picture.subarray(0, 40), Buffer.alloc(100)]);
    expect(await analyze(facet.url, broken)).toMatchObject({ status: 'failed' });
    expect((await send(facet.url, Buffer.alloc(500))).status).toBe(415);
    expect((await call(facet.url, '/api/v1/results/%ff')).status).toBe(400);
    expect((await call(facet.url, '/nowhere')).status).toBe(404);
    expect((await call(facet.url, '/api/v1/results?page=0')).status).toBe(422);
    expect((await call(facet.url, '/api/v1/results/export')).status).toBe(200);
    const json = { email: 'nobody@example.org', password: 'wrong' };
    expect((await call(facet.url, '/api/v1/auth/login', { method: 'POST', json })).status).toBe(401);
  } finally {
    expect(await facet.stop()).toBe(0);
    await rm(dataDirectory, { recursive: true, force: true });
  }
  const messages = facet.log.map(({ msg }) => String(msg));
  expect(messages).toEqual(expect.arrayContaining(['PostgreSQL is ready', 'request', 'Facet has ended']));
  expect(facet.lines.length).toBe(facet.log.length);
  for (const line of facet.lines) expect({ line, repeated: repeatedKeys(line) }).toEqual({ line, repeated: [] });
});
