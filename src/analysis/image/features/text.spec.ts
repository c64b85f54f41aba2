import sharp from 'sharp';
import { analyzeImage } from '../../../../test/support/media/analyze-image.js';
import { turned } from '../../../../test/support/media/images.js';
import { lettering } from '../../../../test/support/media/lettering.js';
import { closeRecognizer } from '../../../media/ocr/recognize.js';
import type { RecognizedText } from '../../../media/ocr/recognize.js';

afterAll(closeRecognizer);

const textIn = async (image: Parameters<typeof analyzeImage>[0], mediaType: string) =>
  (await analyzeImage(image, mediaType, 'text')).results.text as RecognizedText;

it('reads a large photograph of a sign, and says where the words are in its own pixels', async () => {
  const sign = await lettering(['Exit north'], { size: 160 });
  const scene = sharp({ create: { width: 5000, height: 3000, channels: 3, background: '#fff' } });
  const image = await scene
    .composite([{ input: sign, left: 2600, top: 1800 }])
    .jpeg()
    .toBuffer();
  const { info } = await sharp(image).trim({ background: '#fff', threshold: 60 }).toBuffer({ resolveWithObject: true });

  const { content, confidence, words } = await textIn(image, 'image/jpeg');

  expect(content).toBe('Exit north');
  expect(confidence).toBeGreaterThan(0.8);
  const [first, last] = [words[0]!.box, words[1]!.box];
  expect(Math.abs(first.x + info.trimOffsetLeft!)).toBeLessThanOrEqual(12);
  expect(Math.abs(last.x + last.width + info.trimOffsetLeft! - info.width)).toBeLessThanOrEqual(12);
  expect(Math.abs(first.y + info.trimOffsetTop!)).toBeLessThanOrEqual(12);
});

it('reads what EXIF turns upright', async () => {
  const upright = sharp(await lettering(['Turn me round'], { size: 50 }));

  for (const orientation of [3, 6])
    expect((await textIn((await turned(upright, orientation)).jpeg({ quality: 95 }), 'image/jpeg')).content).toBe(
      'Turn me round',
    );
});

it('reads black letters on transparent ground', async () => {
  expect((await textIn(await lettering(['Clear as glass'], { paper: 'none' }), 'image/png')).content).toBe(
    'Clear as glass',
  );
});
