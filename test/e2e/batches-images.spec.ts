import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { buildUpload } from '../support/batches/upload.js';
import { expectWhole } from '../support/batches/whole.js';
import { buildGround, eventually, type Facet, type Ground, startFacet } from '../support/facet.js';
import { landscape, solid, stripes } from '../support/media/images.js';

jest.setTimeout(120_000);

let ground: Ground;
let facet: Facet;
let server: Server;
let asked: string[] = [];

/** What lies under a path; a number is a status, a text the place of a redirect. */
const shelf = new Map<string, Buffer | number | string>();

beforeAll(async () => {
  const photo = await landscape(320, 240).jpeg().toBuffer();
  shelf.set('/1', await solid(40, 30, '#cc2200').png().toBuffer());
  shelf.set(
    '/2',
    await stripes(
      [
        [90, '#0000ff'],
        [10, '#ffffff'],
      ],
      50,
    )
      .png()
      .toBuffer(),
  );
  shelf.set('/3', photo);
  shelf.set('/4', '/3');
  shelf.set('/5', Buffer.from('<html><body>No picture here.</body></html>'));
  shelf.set('/6', photo.subarray(0, 200));
  shelf.set('/7', 404);
  shelf.set('/8', Buffer.alloc(300_000, 1));
  shelf.set('/9', Buffer.from('%PDF-1.4\n%%EOF'));
  server = createServer(({ url = '' }, response) => {
    asked.push(url);
    const found = shelf.get(url) ?? 404;
    if (typeof found === 'number') response.writeHead(found).end();
    else if (typeof found === 'string') response.writeHead(302, { location: found }).end();
    else response.end(found);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  ground = await buildGround();
  facet = await startFacet(ground, {
    OUTBOUND_ALLOW: address(),
    OUTBOUND_MAX_BYTES: '250000',
    OUTBOUND_RETRY_ATTEMPTS: '1',
    MAX_WORKERS: '2',
  });
});

afterAll(async () => {
  await facet.stop();
  server.closeAllConnections();
  server.close();
  await ground.remove();
});

const address = () => `127.0.0.1:${(server.address() as AddressInfo).port}`;

async function analyze(rows: number, url: string): Promise<any[]> {
  const features = ['image', 'colors'];
  const { batchIds } = await buildUpload(ground.database, { rows, analyzer: 'image', features, url });
  await expectWhole(ground);
  return (
    await ground.database.query('SELECT * FROM batch_item_states WHERE batch_id = $1 ORDER BY row_number', batchIds)
  ).rows;
}

it('fetches pictures, looks at them here, and says of the others why they could not be', async () => {
  const rows = await analyze(9, `'http://${address()}/' || n`);
  expect(rows[0]).toMatchObject({
    status: 'succeeded',
    attempts: 1,
    result: { image: { width: 40, height: 30, format: 'png' }, colors: { dominant: [{ hex: '#cc2200' }] } },
  });
  expect(rows[1].result.colors.dominant[0]).toMatchObject({ hex: '#0000ff' });
  expect(rows[1].result.colors.dominant[0].share).toBeCloseTo(0.9, 1);
  expect(rows[2].result).toMatchObject({ image: { width: 320, height: 240, format: 'jpeg' } });
  expect(rows[3].result).toEqual(rows[2].result);
  expect(rows.slice(4).map(({ error_class }) => error_class)).toEqual([
    'not_an_image',
    'analysis_failed',
    'http_4xx',
    'too_large',
    'not_an_image',
  ]);
  expect(rows[5].error_message).toBe('image_unreadable: The image is damaged or incomplete.');
});

it('looks at the same bytes once, wherever they lie', async () => {
  asked = [];
  shelf.set('/elsewhere-1', shelf.get('/1')!);
  shelf.set('/elsewhere-2', shelf.get('/1')!);
  const rows = await analyze(2, `'http://${address()}/elsewhere-' || n`);
  expect(asked.sort()).toEqual(['/elsewhere-1', '/elsewhere-2']);
  for (const row of rows)
    expect(row).toMatchObject({ status: 'succeeded', cached: true, attempts: 1, result: { image: { width: 40 } } });

  asked = [];
  const [again] = await analyze(1, `'http://${address()}/1'`);
  expect(asked).toEqual([]);
  expect(again).toMatchObject({ cached: true, attempts: 0, result: { image: { width: 40 } } });
});

it('leaves nothing in the folder for temporary files', async () => {
  await eventually(
    () => readdir(join(ground.dataDirectory, 'tmp')).catch(() => []),
    (names) => names.length === 0,
    10,
  );
});
