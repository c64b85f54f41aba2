import { analyzeImage } from '../../../../test/support/media/analyze-image.js';
import { landscape, solid, withExif } from '../../../../test/support/media/images.js';

const TAGS = {
  IFD0: {
    Make: 'Facet',
    Model: 'Eye 1',
    Artist: 'A. Person',
    ModifyDate: '2024:05:17 10:00:00',
    DateTime: '2024:05:17 10:00:00',
  },
  IFD2: {
    DateTimeOriginal: '2024:05:17 09:30:15',
    OffsetTimeOriginal: '+02:00',
    ExposureTime: '1/250',
    FNumber: '28/10',
    ISOSpeedRatings: '400',
    LensSpecification: '24/1 70/1 28/10 28/10',
  },
  IFD3: {
    GPSLatitudeRef: 'S',
    GPSLatitude: '33/1 51/1 3588/100',
    GPSLongitudeRef: 'E',
    GPSLongitude: '151/1 12/1 4000/100',
  },
};

const exifOf = async (...image: Parameters<typeof analyzeImage>) =>
  (await analyzeImage(image[0], image[1], 'exif')).results.exif as Record<string, unknown> | null;

it.each([
  ['image/jpeg', (picture: ReturnType<typeof landscape>) => picture.jpeg()],
  ['image/png', (picture: ReturnType<typeof landscape>) => picture.png()],
  ['image/webp', (picture: ReturnType<typeof landscape>) => picture.webp()],
  ['image/avif', (picture: ReturnType<typeof landscape>) => picture.avif()],
])('reads the tags of %s', async (mediaType, encode) => {
  const exif = await exifOf(encode(withExif(landscape(40, 30), TAGS)), mediaType);

  expect(exif).toMatchObject({
    Make: 'Facet',
    Model: 'Eye 1',
    Artist: 'A. Person',
    ModifyDate: '2024-05-17T10:00:00',
    DateTimeOriginal: '2024-05-17T09:30:15+02:00',
    ExposureTime: 0.004,
    FNumber: 2.8,
    ISO: 400,
    LensInfo: [24, 70, 2.8, 2.8],
  });
  // 33° 51′ 35.88″ S, 151° 12′ 40″ E.
  expect(exif!.latitude).toBeCloseTo(-(33 + 51 / 60 + 35.88 / 3600), 6);
  expect(exif!.longitude).toBeCloseTo(151 + 12 / 60 + 40 / 3600, 6);
  expect(exif).not.toHaveProperty('GPSLatitude');
});

it.each([
  ['above', 0, 43.5],
  ['below', 1, -43.5],
])('says how far %s sea level a place lies', async (_, reference, altitude) => {
  const place = { IFD3: { GPSAltitudeRef: '0', GPSAltitude: '87/2' } };
  const jpeg = await withExif(solid(9, 9, '#abcdef'), place)
    .jpeg()
    .toBuffer();
  // The tag's number, its type and its count stand before its value, which libvips always writes as 0.
  const tag = Buffer.from([5, 0, 1, 0, 1, 0, 0, 0]);
  jpeg[jpeg.indexOf(tag) + tag.length] = reference;

  const exif = await exifOf(jpeg, 'image/jpeg');

  expect(exif).toMatchObject({ GPSAltitude: altitude });
  expect(exif).not.toHaveProperty('GPSAltitudeRef');
});

it('is null where there is none', async () => {
  for (const [mediaType, file] of [
    ['image/jpeg', solid(9, 9, '#abcdef').jpeg()],
    ['image/png', solid(9, 9, '#abcdef').png()],
    ['image/gif', solid(9, 9, '#abcdef').gif()],
  ] as const)
    expect(await exifOf(file, mediaType)).toBeNull();
});

it('reads the tags of a TIFF, which are its own', async () => {
  const exif = await exifOf(
    solid(9, 9, '#abcdef')
      .withExif({ IFD0: { Make: 'Facet' } })
      .tiff({ xres: 11.811, yres: 11.811 }),
    'image/tiff',
  );

  expect(exif).toMatchObject({ XResolution: expect.closeTo(300, 0) as number });
});

it('leaves out times that never were, and cuts long strings', async () => {
  const exif = await exifOf(
    withExif(solid(9, 9, '#abcdef'), {
      IFD0: { ImageDescription: 'long '.repeat(1000), Software: 'a\u0007b' },
      IFD2: { DateTimeOriginal: '0000:00:00 00:00:00', DateTimeDigitized: '2023:02:31 10:00:00' },
    }).jpeg(),
    'image/jpeg',
  );

  expect(exif).not.toHaveProperty('DateTimeOriginal');
  expect(exif).not.toHaveProperty('CreateDate');
  expect((exif!.ImageDescription as string).length).toBeLessThanOrEqual(1000);
  expect(exif!.Software).toBe('a b');
});

/** A JPEG whose EXIF block is the given TIFF structure. */
async function jpegWithBlock(block: Buffer): Promise<Buffer> {
  const jpeg = await solid(9, 9, '#abcdef').jpeg().toBuffer();
  const body = Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), block]);
  const marker = Buffer.from([0xff, 0xe1, (body.length + 2) >> 8, (body.length + 2) & 0xff]);
  return Buffer.concat([jpeg.subarray(0, 2), marker, body, jpeg.subarray(2)]);
}

/** A little-endian TIFF structure with one directory of tags as [id, type, count, value]. */
function tiffBlock(tags: readonly (readonly [number, number, number, number])[], length: number): Buffer {
  const block = Buffer.alloc(length);
  block.write('II*\0', 0, 'latin1');
  block.writeUInt32LE(8, 4);
  block.writeUInt16LE(tags.length, 8);
  tags.forEach(([id, type, count, value], index) => {
    const at = 10 + 12 * index;
    block.writeUInt16LE(id, at);
    block.writeUInt16LE(type, at + 2);
    block.writeUInt32LE(count, at + 4);
    block.writeUInt32LE(value, at + 8);
  });
  return block;
}

it('is not led astray by counts, offsets and loops that lie', async () => {
  const EXIF_POINTER = 0x8769;
  const hostile = [
    tiffBlock([[0x010f, 2, 0xffffffff, 26]], 60),
    tiffBlock([[0x011a, 5, 0x0fffffff, 26]], 60),
    tiffBlock([[0x010f, 2, 4, 0xffffff00]], 60),
    tiffBlock([[EXIF_POINTER, 4, 1, 8]], 60),
    tiffBlock([[EXIF_POINTER, 4, 1, 0xfffffff0]], 60),
    tiffBlock(
      Array.from({ length: 5000 }, (_, index) => [index, 3, 30_000, 8] as const),
      65_000,
    ),
    Buffer.from('II*\0'),
    Buffer.alloc(60_000, 0xff),
  ];
  for (const block of hostile) {
    const exif = await exifOf(await jpegWithBlock(block), 'image/jpeg');
    expect(JSON.stringify(exif).length).toBeLessThan(20_000);
  }
});

it('gives names of its own only, and no prototype', async () => {
  const exif = await exifOf(
    withExif(solid(9, 9, '#abcdef'), { IFD0: { ...TAGS.IFD0, Copyright: '__proto__' } }).jpeg(),
    'image/jpeg',
  );

  expect(Object.getPrototypeOf(exif)).toBe(Object.prototype);
  expect(exif!.Copyright).toBe('__proto__');
  expect(JSON.parse(JSON.stringify(exif))).toEqual(exif);
});
