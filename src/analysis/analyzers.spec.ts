import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import { describeAnalyzer } from '../../test/support/analyzer-contract.js';
import { buildPdf } from '../../test/support/media/documents.js';
import { barcode } from '../../test/support/media/images.js';
import { groupFilm } from '../../test/support/media/groups.js';
import { photographs } from '../../test/support/media/photographs.js';
import { FILE_TYPES } from '../media/media-type/file-types.js';
import { analyzers } from './analyzers.js';
import { closeRecognizer } from '../media/ocr/recognize.js';
import { mediaTypes } from '../media/media-type/media-type.js';

afterAll(closeRecognizer);

describeAnalyzer(analyzers.image, async () => ({
  mediaType: 'image/png',
  bytes: await sharp(photographs[2]!.path)
    .resize({ width: 700 })
    .composite([{ input: await barcode('qrcode', 'facet'), left: 10, top: 10 }])
    .png()
    .toBuffer(),
}));

describeAnalyzer(analyzers.document, async () => ({
  mediaType: 'application/pdf',
  bytes: await buildPdf({ pages: ['The tide comes in twice a day.', 'And twice a day it goes out again.'] }),
}));

describeAnalyzer(analyzers.video, async () => {
  const path = await groupFilm([
    { photograph: 3, seconds: 1 },
    { photograph: 5, seconds: 1, y: '100' },
  ]);
  return { mediaType: 'video/mp4', bytes: await readFile(path) };
});

it('has an analyzer for every media type that is accepted, and accepts every type that is analyzed', () => {
  for (const fileType of FILE_TYPES) {
    const accepted = Object.entries(mediaTypes).filter(([, type]) => type.fileType === fileType);
    expect(accepted.map(([mediaType]) => mediaType).sort()).toEqual([...analyzers[fileType].mediaTypes].sort());
  }
});
