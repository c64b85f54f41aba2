import sharp from 'sharp';
import { lettering } from '../../../test/support/media/lettering.js';
import { closeRecognizer, type RawImage, recognizeText } from './recognize.js';

afterAll(closeRecognizer);

async function pixelsOf(picture: Buffer): Promise<RawImage> {
  const { data, info } = await sharp(picture).raw().toBuffer({ resolveWithObject: true });
  return { data, ...info };
}

const printed = async (...lettered: Parameters<typeof lettering>) => pixelsOf(await lettering(...lettered));

it('reads printed lines, with how sure it is', async () => {
  const { content, confidence, words } = await recognizeText(
    await printed(['The quick brown fox', 'jumps over 17 lazy dogs.']),
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
    const { words } = await recognizeText(await pixelsOf(image));
    expect(words.map(({ text }) => text)).toEqual(['Invoice']);
    for (const side of ['x', 'y', 'width', 'height'] as const)
      expect(Math.abs(words[0]!.box[side] / scale - truth[side])).toBeLessThanOrEqual(3);
  }
});

it('takes decoded pixels of any number of channels, and what is transparent for paper', async () => {
  const page = await lettering(['Total 4711'], { paper: 'none' });
  const picture = await pixelsOf(page);
  expect(picture.channels).toBe(4);

  expect((await recognizeText(picture)).content).toBe('Total 4711');
  const grey = await sharp(page).flatten({ background: '#fff' }).greyscale().raw().toBuffer();
  expect((await recognizeText({ ...picture, data: grey, channels: 1 })).content).toBe('Total 4711');
});

it('finds nothing on a blank page', async () => {
  const blank = await sharp({ create: { width: 300, height: 200, channels: 3, background: '#fff' } })
    .png()
    .toBuffer();

  expect(await recognizeText(await pixelsOf(blank))).toEqual({ content: '', confidence: 0, words: [] });
});

it('answers calls that come together, each with its own text', async () => {
  const pages = await Promise.all(['Alpha', 'Bravo', 'Delta'].map((word) => printed([`${word} page`])));

  const read = await Promise.all(pages.map((page) => recognizeText(page)));

  expect(read.map(({ content }) => content)).toEqual(['Alpha page', 'Bravo page', 'Delta page']);
});

it('reads on after it was closed', async () => {
  await closeRecognizer();

  expect((await recognizeText(await printed(['Warm again']))).content).toBe('Warm again');
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
    expect((await recognizeText(await pixelsOf(image))).words).toEqual([]);
  }
});
