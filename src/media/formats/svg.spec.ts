import { analyzeImage } from '../../../test/support/media/analyze-image.js';
import { pixelBombs } from '../../../test/support/media/image-bombs.js';
import { barcode, solid } from '../../../test/support/media/images.js';
import { letteringSvg } from '../../../test/support/media/lettering.js';
import { closeRecognizer } from '../ocr/recognize.js';
import type { ImageFacts } from '../image-source.js';

const NAMESPACES = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"';

/** 100 × 100, on white, with what is given drawn above it. */
const drawing = (inside: string, before = '') =>
  Buffer.from(
    `${before}<svg ${NAMESPACES} width="100" height="100"><rect width="100" height="100" fill="#fff"/>${inside}</svg>`,
  );

const analyze = (svg: Buffer, ...features: string[]) => analyzeImage(svg, 'image/svg+xml', ...features);

/** The drawn colours with their shares, the most frequent first. */
async function coloursOf(svg: Buffer) {
  const { results } = await analyze(svg, 'colors');
  return (results.colors as { dominant: { hex: string; share: number }[] }).dominant;
}

describe('what is drawn', () => {
  it('draws shapes, gradients, styles, clips and reused parts', async () => {
    const svg = drawing(
      '<style>.low { fill: #00ff00 }</style>' +
        '<defs><linearGradient id="red"><stop stop-color="#f00"/></linearGradient>' +
        '<clipPath id="half"><rect width="50" height="100"/></clipPath><rect id="box" width="100" height="50"/></defs>' +
        '<g clip-path="url(#half)"><use xlink:href="#box" fill="url(#red)"/><use href="#box" y="50" class="low"/></g>',
    );

    const colours = await coloursOf(svg);

    expect(colours.map(({ hex }) => hex).sort()).toEqual(['#00ff00', '#ff0000', '#ffffff']);
    expect(colours.map(({ share }) => share)).toEqual([0.5, 0.25, 0.25]);
  });

  it('shows embedded pictures, by either name of the reference', async () => {
    const red = (await solid(4, 4, '#ff0000').png().toBuffer()).toString('base64');
    for (const name of ['href', 'xlink:href'])
      expect(
        await coloursOf(drawing(`<image ${name}="data:image/png;base64,${red}" width="100" height="100"/>`)),
      ).toEqual([{ hex: '#ff0000', share: 1 }]);
  });

  it('takes nothing beneath for white, and says that there is alpha', async () => {
    const svg = Buffer.from(
      `<svg ${NAMESPACES} width="40" height="20"><rect width="10" height="20" fill="#000"/></svg>`,
    );

    const { results } = await analyze(svg, 'image', 'quality', 'colors');

    expect(results.image).toMatchObject({ width: 40, height: 20, format: 'svg', has_alpha: true, channels: 4 });
    expect(results.quality).toMatchObject({ brightness: 255 * 0.75 });
    expect((results.colors as { dominant: unknown }).dominant).toEqual([{ hex: '#000000', share: 1 }]);
  });

  it('finds text and codes in a drawing as small as an icon, in its own pixels', async () => {
    const qr = (await barcode('qrcode', 'tiny')).toString('base64');
    const svg = Buffer.from(
      `<svg ${NAMESPACES} width="20" height="20"><image width="20" height="20" href="data:image/png;base64,${qr}"/></svg>`,
    );
    const { results } = await analyze(svg, 'codes');
    expect(results.codes).toMatchObject([{ text: 'tiny', box: { width: expect.closeTo(16, -1) as number } }]);

    const { results: read } = await analyze(letteringSvg(['Drawn words'], { size: 10 }), 'text');
    expect(read.text).toMatchObject({ content: 'Drawn words' });
    await closeRecognizer();
  });

  it('reads UTF-16, a byte order mark, Latin-1, and a document type', async () => {
    const source = `<svg ${NAMESPACES} width="9" height="9"><title>Grün</title><rect width="9" height="9" fill="#0f0"/></svg>`;
    const doctype =
      '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">';
    for (const bytes of [
      Buffer.from(`\ufeff${source}`, 'utf16le'),
      Buffer.from(`\ufeff${source}`),
      Buffer.from(`<?xml version="1.0" encoding="ISO-8859-1"?>${source}`, 'latin1'),
      Buffer.from(doctype + source),
    ])
      expect(await coloursOf(bytes)).toEqual([{ hex: '#00ff00', share: 1 }]);
  });
});

describe('how large it is', () => {
  it.each([
    ['width="100" height="50"', 100, 50],
    ['width="2in" height="1in"', 192, 96],
    ['width="10mm" height="1cm"', 38, 38],
    ['width="72pt" height="6pc"', 96, 96],
    ['viewBox="0 0 24 12"', 24, 12],
    ['width="100%" height="100%" viewBox="0,0,30,60"', 30, 60],
    ['width="48" viewBox="0 0 24 12"', 48, 24],
    ['height="48" viewBox="0 0 24 12"', 96, 48],
    ['', 300, 150],
    ['width="-5" height="bogus"', 300, 150],
    ['width="0.1" height="0.1"', 1, 1],
  ])('with %s', async (attributes, width, height) => {
    const { results } = await analyze(Buffer.from(`<svg ${NAMESPACES} ${attributes}/>`), 'image');

    expect(results.image).toMatchObject({ width, height });
  });

  it.each([
    'width="1e9" height="1e9"',
    'width="1e300" height="1e300"',
    'viewBox="0 0 1e12 1e12"',
    'width="1000000" height="1"',
    'width="1" height="1000000"',
    'width="999999999999999999999" height="3" viewBox="0 0 1 1"',
  ])('draws %s within bounds', async (attributes) => {
    const before = process.memoryUsage().rss;

    const { results, artifacts } = await analyze(
      Buffer.from(`<svg ${NAMESPACES} ${attributes}/>`),
      'image',
      'thumbnail',
    );

    const { width, height } = results.image as ImageFacts;
    expect(Math.max(width, height)).toBeLessThanOrEqual(1_000_000);
    expect(artifacts['thumbnail.jpg']).toBeDefined();
    expect(process.memoryUsage().rss - before).toBeLessThan(150 * 1024 * 1024);
  });

  it('refuses a style sheet that asks for gigapixels', async () => {
    const svg = Buffer.from(
      `<svg ${NAMESPACES} width="9" height="9"><style>svg { width: 30000px; height: 30000px }</style></svg>`,
    );

    await expect(analyze(svg, 'image')).rejects.toMatchObject({ code: 'image_too_large' });
  });
});

describe('what it refuses', () => {
  const lol = Array.from({ length: 9 }, (_, index) => `<!ENTITY l${index + 1} "${`&l${index};`.repeat(10)}">`).join('');

  it.each([
    ['a billion laughs', drawing('<text>&l9;</text>', `<!DOCTYPE svg [<!ENTITY l0 "lol">${lol}]>`), 'image_unreadable'],
    ['broken XML', drawing('<g>'), 'image_unreadable'],
    ['a cut-off drawing', drawing('<g/>').subarray(0, 120), 'image_unreadable'],
    ['another kind of XML', Buffer.from('<html xmlns="http://www.w3.org/1999/xhtml"/>'), 'image_unreadable'],
    ['nesting without end', drawing('<g>'.repeat(500) + '</g>'.repeat(500)), 'svg_too_complex'],
    ['elements without end', drawing('<g/>'.repeat(100_001)), 'svg_too_complex'],
    ['ten megabytes', drawing(`<!--${' '.repeat(10 * 1024 * 1024)}-->`), 'image_too_large'],
    [
      'an unknown encoding',
      Buffer.from(`<?xml version="1.0" encoding="klingon"?><svg ${NAMESPACES}/>`),
      'image_unreadable',
    ],
    [
      'an embedded pixel bomb',
      drawing(`<image href="data:image/png;base64,${pixelBombs()['image/png']!.toString('base64')}"/>`),
      'image_too_large',
    ],
  ])('%s', async (_, svg, code) => {
    await expect(analyze(svg, 'image')).rejects.toMatchObject({ code });
  });

  it('survives parts that use each other a million times', async () => {
    const levels = Array.from(
      { length: 8 },
      (_, level) => `<g id="u${level + 1}">${`<use href="#u${level}"/>`.repeat(10)}</g>`,
    );
    const svg = drawing(`<defs><rect id="u0" width="1" height="1"/>${levels.join('')}</defs><use href="#u8"/>`);

    const outcome = await analyze(svg, 'image').then(
      () => 'drawn',
      (error: unknown) => (error as { code: string }).code,
    );

    expect(['drawn', 'image_unreadable']).toContain(outcome);
  });
});
