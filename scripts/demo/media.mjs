// A picture, a document and a video whose truth is known, because they are made here.
import bwip from 'bwip-js';
import { execFile } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import PDFDocument from 'pdfkit';
import sharp from 'sharp';

/** Makes the three files and says what should be found in each. */
export async function makeMedia(directory, ffmpeg) {
  await mkdir(directory, { recursive: true });
  return Promise.all([
    picture(join(directory, 'label.png')),
    report(join(directory, 'report.pdf')),
    film(join(directory, 'film.mp4'), ffmpeg),
  ]);
}

/** 1200 × 800: three quarters orange, one quarter white with a bar code and its text. */
async function picture(path) {
  const label = await bwip.toBuffer({
    bcid: 'code128',
    text: 'FACET 2026',
    includetext: true,
    scale: 5,
    textxalign: 'center',
  });
  const white = sharp({ create: { width: 1200, height: 200, channels: 3, background: '#ffffff' } });
  const strip = await white
    .composite([{ input: await sharp(label).resize({ height: 180 }).toBuffer() }])
    .png()
    .toBuffer();
  await sharp({ create: { width: 1200, height: 800, channels: 3, background: '#ff8800' } })
    .composite([{ input: strip, top: 600, left: 0 }])
    .png()
    .toFile(path);
  return {
    path,
    expectations: [
      ['size', '1200 × 800', ({ image }) => `${image.width} × ${image.height}`],
      ['main colour', '#ff8800', ({ colors }) => colors.dominant[0].hex],
      ['bar code', 'FACET 2026', ({ codes }) => codes.map(({ text }) => text).join(', ')],
      [
        'text (OCR)',
        'FACET 2026',
        ({ text }) => text.content.match(/FACET ?2026/)?.[0].replace(/T ?2/, 'T 2') ?? text.content,
      ],
    ],
  };
}

const HEADINGS = [
  'The harbour was quiet this morning.',
  'Two container ships left the harbour at noon.',
  'The lighthouse keeper wrote it all down.',
];
const BODY = 'Ships come and go with the tide, and the harbour master counts every one of them.';

/** A page a heading, with the same sentence below each. */
async function report(path) {
  const document = new PDFDocument({ info: { Title: 'Harbour report', Author: 'Facet demo' } });
  const written = pipeline(document, createWriteStream(path));
  for (const [index, heading] of HEADINGS.entries()) {
    if (index > 0) document.addPage();
    document.fontSize(18).text(heading).fontSize(12).text(BODY);
  }
  document.end();
  await written;
  return {
    path,
    expectations: [
      ['pages', '3', (results) => String(results.document.pages)],
      ['title', 'Harbour report', (results) => results.document.title],
      ['author', 'Facet demo', (results) => results.document.author],
      ['language', 'en', ({ language }) => language.code],
      ['words', String([...HEADINGS, BODY, BODY, BODY].join(' ').split(' ').length), ({ text }) => String(text.words)],
    ],
  };
}

/** Red until 2 s, green until 5 s, blue until 9 s, with a tone of 440 Hz. */
async function film(path, ffmpeg) {
  const colours = [
    ['red', 2],
    ['lime', 3],
    ['blue', 4],
  ];
  const inputs = colours.flatMap(([colour, seconds]) => [
    '-f',
    'lavfi',
    '-i',
    `color=${colour}:size=640x360:rate=25:duration=${seconds}`,
  ]);
  await promisify(execFile)(ffmpeg, [
    ...['-y', '-loglevel', 'error', ...inputs, '-f', 'lavfi', '-i', 'sine=440:duration=9'],
    ...['-filter_complex', '[0][1][2]concat=n=3[v]', '-map', '[v]', '-map', '3', '-pix_fmt', 'yuv420p', path],
  ]);
  return {
    path,
    expectations: [
      ['duration', '9 s', ({ video }) => `${Math.round(video.duration)} s`],
      ['size', '640 × 360', ({ video }) => `${video.width} × ${video.height}`],
      [
        'scenes start at',
        '0, 2, 5 s',
        ({ scenes }) => `${scenes.map(({ start }) => Math.round(start * 10) / 10).join(', ')} s`,
      ],
      ['key frames', '3', ({ keyframes }) => String(keyframes.length)],
      ['sound', 'yes', ({ audio }) => (audio ? 'yes' : 'no')],
    ],
  };
}
