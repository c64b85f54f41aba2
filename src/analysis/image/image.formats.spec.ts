import { analyzeImage } from '../../../test/support/media/analyze-image.js';
import {
  gifOfFrames,
  interlacedPng,
  pixelBombs,
  tiffOfDirectories,
  webpOfFrames,
} from '../../../test/support/media/image-bombs.js';
import { bitmap, heic, landscape, solid } from '../../../test/support/media/images.js';
import { imageAnalyzer } from './image.analyzer.js';

const quick = ['image', 'exif', 'colors', 'quality', 'hash', 'thumbnail'];

describe('what it refuses', () => {
  it.each(Object.entries(pixelBombs()))('a gigapixel %s, without its memory', async (mediaType, file) => {
    const before = process.memoryUsage().rss;

    await expect(analyzeImage(file, mediaType, ...quick)).rejects.toMatchObject({ code: 'image_too_large' });

    expect(file.length).toBeLessThan(5_000);
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * 1024 * 1024);
  });

  it.each([
    ['image/gif', gifOfFrames(50_000)],
    ['image/webp', webpOfFrames(50_000)],
    ['image/tiff', tiffOfDirectories(50_000)],
    ['image/tiff', tiffOfDirectories(3, true)],
  ])('a %s of tens of thousands of frames', async (mediaType, file) => {
    await expect(analyzeImage(file, mediaType, ...quick)).rejects.toMatchObject({ code: 'image_too_large' });
  });

  it('at 16 bits half the pixels', async () => {
    await expect(analyzeImage(interlacedPng(9000, 9000), 'image/png', 'image')).rejects.toMatchObject({
      code: 'image_too_large',
      message: 'The image has more than 72 megapixels.',
    });
  });

  const photo = landscape(300, 225);
  it.each([
    ['image/jpeg', () => photo.clone().jpeg()],
    ['image/jpeg', () => photo.clone().jpeg({ progressive: true })],
    ['image/png', () => photo.clone().png()],
    ['image/png', () => photo.clone().png({ progressive: true })],
    ['image/webp', () => photo.clone().webp()],
    ['image/gif', () => photo.clone().gif()],
    ['image/tiff', () => photo.clone().tiff({ compression: 'deflate' })],
    ['image/avif', () => photo.clone().avif()],
  ])('a truncated %s', async (mediaType, make) => {
    const file = await make().toBuffer();
    for (const part of [0.1, 0.5, 0.95])
      await expect(
        analyzeImage(file.subarray(0, Math.floor(file.length * part)), mediaType, 'image'),
      ).rejects.toMatchObject({
        code: 'image_unreadable',
      });
  });

  it('truncated HEIC and BMP', async () => {
    const pixels = bitmap(100, 100, () => '#123456');
    for (const part of [0.1, 0.5, 0.95]) {
      const cut = (file: Buffer) => file.subarray(0, Math.floor(file.length * part));
      await expect(analyzeImage(cut(heic()), 'image/heic', 'image')).rejects.toMatchObject({
        code: 'image_unreadable',
      });
      await expect(analyzeImage(cut(pixels), 'image/bmp', 'image')).rejects.toMatchObject({ code: 'image_unreadable' });
    }
  });

  it.each(imageAnalyzer.mediaTypes)('bytes that are no %s', async (mediaType) => {
    for (const bytes of [Buffer.alloc(0), Buffer.from('GIF89a'), Buffer.alloc(5000, 0x42), Buffer.from('<html>')])
      await expect(analyzeImage(bytes, mediaType, 'image')).rejects.toMatchObject({ code: 'image_unreadable' });
  });

  it('an SVG or a PNG that calls itself something else', async () => {
    const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"/>');
    await expect(analyzeImage(svg, 'image/png', 'image')).rejects.toMatchObject({ code: 'image_unreadable' });
    await expect(analyzeImage(solid(20, 10, '#336699').png(), 'image/jpeg', 'image')).rejects.toMatchObject({
      code: 'image_unreadable',
    });
  });
});
