import sharp from 'sharp';
import { lettering } from '../../../test/support/media/lettering.js';
import { closeRecognizer, recognizeText } from './recognize.js';

afterAll(closeRecognizer);

it('reads printed lines, with how sure it is', async () => {
  const { content, confidence, words } = await recognizeText(
    await lettering(['The quick brown fox', 'jumps over 17 lazy dogs.']),
  );

  expect(content).toBe('The quick brown fox\njumps over 17 lazy dogs.');
  expect(words.map(({ text }) => text)).toEqual('The quick brown fox jumps over 17 lazy dogs.'.split(' '));
  expect(confidence).toBeGreaterThan(0.8);
  expect(confidence).toBeLessThanOrEqual(1);
});

it('says where a word stands, in pixels of what it was given', async () => {
  // "Invoice" alone, black on white: the ink's own bounds are the truth.
  const small = await lettering(['Invoice'], { size: 30 });
  const { info } = await sharp(small).trim({ background: '#fff', threshold: 40 }).toBuffer({ resolveWithObject: true });
  const truth = {
    x: -(info.trimOffsetLeft ?? 0),
    y: -(info.trimOffsetTop ?? 0),
    width: info.width,
    height: info.height,
  };

  for (const scale of [1, 10, 30]) {
    const { width } = await sharp(small).metadata();
    const image = await sharp(small)
      .resize({ width: width * scale })
      .png()
      .toBuffer();
    const { words } = await recognizeText(image);
    expect(words.map(({ text }) => text)).toEqual(['Invoice']);
    for (const side of ['x', 'y', 'width', 'height'] as const)
      expect(Math.abs(words[0]!.box[side] / scale - truth[side])).toBeLessThanOrEqual(3);
  }
});

it('takes decoded pixels of any number of channels, and what is transparent for paper', async () => {
  const page = await lettering(['Total 4711'], { paper: 'none' });
  const { data, info } = await sharp(page).raw().toBuffer({ resolveWithObject: true });
  expect(info.channels).toBe(4);

  expect((await recognizeText({ data, ...info })).content).toBe('Total 4711');
  const grey = await sharp(page).flatten({ background: '#fff' }).greyscale().raw().toBuffer();
  expect((await recognizeText({ data: grey, ...info, channels: 1 })).content).toBe('Total 4711');
});

it('turns a picture upright as its EXIF says', async () => {
  const upright = await lettering(['Upside down'], { size: 60 });
  const turned = await sharp(upright).rotate(180).withMetadata({ orientation: 3 }).jpeg().toBuffer();

  expect((await recognizeText(turned)).content).toBe('Upside down');
});

it('finds nothing on a blank page', async () => {
  const blank = await sharp({ create: { width: 300, height: 200, channels: 3, background: '#fff' } })
    .png()
    .toBuffer();

  expect(await recognizeText(blank)).toEqual({ content: '', confidence: 0, words: [] });
});

it('answers calls that come together, each with its own text', async () => {
  const pages = await Promise.all(['Alpha', 'Bravo', 'Delta'].map((word) => lettering([`${word} page`])));

  const read = await Promise.all(pages.map((page) => recognizeText(page)));

  expect(read.map(({ content }) => content)).toEqual(['Alpha page', 'Bravo page', 'Delta page']);
});

it('reads on after it was closed', async () => {
  await closeRecognizer();

  expect((await recognizeText(await lettering(['Warm again']))).content).toBe('Warm again');
});

it('refuses bytes that are no picture', async () => {
  await expect(recognizeText(Buffer.from('no picture'))).rejects.toMatchObject({ code: 'image_unreadable' });
});

it('survives pictures of one pixel and of one line', async () => {
  for (const [width, height] of [
    [1, 1],
    [3000, 1],
    [1, 3000],
  ] as const) {
    const image = await sharp({ create: { width, height, channels: 3, background: '#888' } })
      .png()
      .toBuffer();
    expect((await recognizeText(image)).words).toEqual([]);
  }
});
