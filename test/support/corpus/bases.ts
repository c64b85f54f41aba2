import { readFile } from 'node:fs/promises';
import type { MediaType } from '../../../src/media/media-type/media-type.js';
import { buildDocx, buildPdf, buildPptx, buildXlsx } from '../media/documents.js';
import { animation, bitmap, heic, landscape } from '../media/images.js';
import { clip, type ContainerName } from '../media/videos.js';
import { repacked } from './repack.js';

/** A small sound file of every media type, the same in every process. */
export type Bases = Readonly<Record<MediaType, Buffer>>;

const OFFICE = 'application/vnd.openxmlformats-officedocument';

let built: Promise<Bases> | undefined;

export function buildBases(): Promise<Bases> {
  return (built ??= build());
}

async function build(): Promise<Bases> {
  const moment = new Date('2024-03-01T08:30:00Z');
  const picture = landscape(64, 64);
  return {
    'image/jpeg': await picture
      .clone()
      .withExif({ IFD0: { Make: 'Facet' } })
      .jpeg()
      .toBuffer(),
    'image/png': await picture.clone().png().toBuffer(),
    'image/webp': await picture.clone().webp().toBuffer(),
    'image/gif': await animation(64, 64, ['#c81e1e', '#1e1ec8', '#1ec81e']).gif().toBuffer(),
    'image/tiff': await picture.clone().tiff({ compression: 'lzw' }).toBuffer(),
    'image/avif': await picture.clone().avif({ effort: 0 }).toBuffer(),
    'image/heic': heic(),
    'image/bmp': bitmap(64, 64, (x, y) => `#${((x * 4 * 256 + y * 4) % 0xffffff).toString(16).padStart(6, '0')}`),
    'image/svg+xml': Buffer.from(DRAWING),
    'video/mp4': await film('mp4'),
    'video/x-msvideo': await film('avi'),
    'video/quicktime': await film('mov'),
    'video/x-matroska': await film('mkv'),
    'video/x-ms-wmv': await film('wmv'),
    'video/x-flv': await film('flv'),
    'video/webm': await film('webm'),
    'application/pdf': await buildPdf({ pages: [PROSE, PROSE], title: 'Engines', created: moment, modified: moment }),
    [`${OFFICE}.wordprocessingml.document`]: repacked(await buildDocx()),
    [`${OFFICE}.spreadsheetml.sheet`]: repacked(await buildXlsx()),
    [`${OFFICE}.presentationml.presentation`]: repacked(await buildPptx()),
    'text/csv': Buffer.from(TABLE),
    'text/plain': Buffer.from(PROSE),
    'text/markdown': Buffer.from(`# Engines\n\n${PROSE}\n\n- [wheels](https://example.org/)\n- **cogs**\n`),
    'text/html': Buffer.from(
      `<!doctype html><html><head><title>Engines</title></head><body><p>${PROSE}</p></body></html>`,
    ),
  };
}

async function film(container: ContainerName): Promise<Buffer> {
  const { path } = await clip({ seconds: 1, cuts: [0.4], width: 64, height: 64, fps: 10, container });
  return readFile(path);
}

const PROSE =
  'The engine weaves algebraic patterns just as the loom weaves flowers and leaves. It has no pretensions whatever to ' +
  'originate anything. It can do whatever we know how to order it to perform.\n';

const TABLE =
  'wheel,teeth,price\n' +
  Array.from({ length: 40 }, (_, index) => `cog ${index},${index * 3},"1,${index}0"\n`).join('');

const DRAWING =
  '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" width="64" height="64" viewBox="0 0 64 64">' +
  '<defs><linearGradient id="g"><stop offset="0" stop-color="#c81e1e"/><stop offset="1" stop-color="#1e1ec8"/>' +
  '</linearGradient></defs><rect width="64" height="64" fill="url(#g)"/><circle cx="20" cy="20" r="9"/></svg>';
