import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { analyzeImage } from '../../../../test/support/media/analyze-image.js';
import { pixelBombs } from '../../../../test/support/media/image-bombs.js';
import { barcode, solid } from '../../../../test/support/media/images.js';
import { letteringSvg } from '../../../../test/support/media/lettering.js';
import { closeRecognizer } from '../../ocr/recognize.js';
import type { ImageFacts } from '../image.source.js';
import { rebuildSvg } from './svg-rebuild.js';

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

const WHITE = [{ hex: '#ffffff', share: 1 }];

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

describe('what lies outside of it', () => {
  let folder: string;
  let server: Server;
  let address: string;
  let requests: string[];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'facet-canary-'));
    await solid(50, 50, '#ff0000').png().toFile(join(folder, 'canary.png'));
    await writeFile(join(folder, 'canary.svg'), drawing('<rect id="canary" width="100" height="100" fill="#f00"/>'));
    await writeFile(join(folder, 'canary.css'), 'rect { fill: #f00 !important }');
    await writeFile(join(folder, 'canary.txt'), 'MMMMMMMM');
    requests = [];
    server = createServer((request, response) => {
      requests.push(request.url ?? '');
      response.setHeader('content-type', 'image/svg+xml').end(drawing('<rect width="100" height="100" fill="#f00"/>'));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  afterAll(async () => {
    await new Promise((resolve) => server.close(resolve));
    await rm(folder, { recursive: true, force: true });
  });

  const everywhere = 'width="100" height="100"';
  const black = '<text y="90" font-size="90">';

  it.each([
    ['a picture', (to: string) => drawing(`<image href="${to}.png" ${everywhere}/>`)],
    ['a picture by xlink', (to: string) => drawing(`<image xlink:href="${to}.png" ${everywhere}/>`)],
    [
      'a picture by a name of another prefix',
      (to: string) => drawing(`<image xmlns:x="http://www.w3.org/1999/xlink" x:href="${to}.png" ${everywhere}/>`),
    ],
    ['a drawing', (to: string) => drawing(`<image href="${to}.svg" ${everywhere}/>`)],
    ['a part of another drawing', (to: string) => drawing(`<use href="${to}.svg#canary"/>`)],
    [
      'a picture in a filter',
      (to: string) =>
        drawing(
          `<filter id="f"><feImage href="${to}.png"/></filter><rect ${everywhere} filter="url(#f)" fill="#fff"/>`,
        ),
    ],
    ['a fill', (to: string) => drawing(`<g fill="#fff"><rect ${everywhere} fill="url(${to}.svg#canary) #fff"/></g>`)],
    [
      'a fill in quotes',
      (to: string) =>
        drawing(
          `<rect ${everywhere} style="fill: url( '${to}.svg#canary' ) #fff"/>`.replace('<rect', '<rect fill="#fff"'),
        ),
    ],
    ['a mask', (to: string) => drawing(`<rect ${everywhere} fill="#fff" mask="url(${to}.svg#canary)"/>`)],
    ['an import', (to: string) => drawing(`<style>@import "${to}.css";</style>`)],
    ['an import cut in two', (to: string) => drawing(`<style>@imp<!-- -->ort url(${to}.css);</style>`)],
    ['an import in CDATA', (to: string) => drawing(`<style><![CDATA[@import url("${to}.css");]]></style>`)],
    ['an escaped import', (to: string) => drawing(`<style>@\\69mport url("${to}.css");</style>`)],
    ['a font', (to: string) => drawing(`<style>@font-face { font-family: x; src: url(${to}.ttf) }</style>`)],
    ['a style sheet', (to: string) => drawing('', `<?xml-stylesheet href="${to}.css" type="text/css"?>`)],
    [
      'an inclusion',
      (to: string) =>
        drawing(
          `<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="${to}.svg"/>${black}<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" parse="text" href="${to}.txt"/></text>`,
        ),
    ],
    [
      'another document',
      (to: string) =>
        drawing(
          `<foreignObject ${everywhere}><iframe xmlns="http://www.w3.org/1999/xhtml" src="${to}.svg"/></foreignObject>`,
        ),
    ],
    ['a script', (to: string) => drawing(`<script href="${to}.js"/><script>fetch("${to}.js")</script>`)],
    ['a base', (to: string) => drawing(`<g xml:base="${to}"><image href="canary.png" ${everywhere}/></g>`)],
    [
      'a drawing in a drawing',
      (to: string) => {
        const inner = drawing(`<image href="${to}.png" ${everywhere}/>`).toString('base64');
        return drawing(
          `<image href="data:image/svg+xml;base64,${inner}" ${everywhere}/><image href="data:image/png;base64,${inner}" ${everywhere}/>`,
        );
      },
    ],
  ])('is not reached by %s', async (_, make) => {
    for (const to of [
      join(folder, 'canary'),
      `file://${folder}/canary`,
      '../canary',
      'canary',
      `${address}/canary`,
      address.replace('http:', '') + '/canary',
    ]) {
      expect(await coloursOf(make(to))).toEqual(WHITE);
      // And nothing of it is left for a renderer to be clever about.
      expect(rebuildSvg(make(to).toString()).content.join('')).not.toContain(to);
    }

    expect(requests).toEqual([]);
  });

  it.each([
    ['an external entity', (to: string) => `<!DOCTYPE svg [<!ENTITY canary SYSTEM "${to}">]>`],
    ['a parameter entity', (to: string) => `<!DOCTYPE svg [<!ENTITY % all SYSTEM "${to}"> %all;]>`],
    ['an external subset', (to: string) => `<!DOCTYPE svg SYSTEM "${to}">`],
  ])('is not reached by %s, which is refused', async (_, doctype) => {
    for (const to of [join(folder, 'canary.txt'), `file://${folder}/canary.txt`, `${address}/canary.dtd`])
      await expect(analyze(drawing(`${black}&canary;</text>`, doctype(to)), 'colors')).rejects.toMatchObject({
        code: 'image_unreadable',
      });

    expect(requests).toEqual([]);
  });

  it('would have been shown, had it been let through', async () => {
    // The canary's own bytes, embedded: the picture that must not appear above is one that can appear.
    const canary = (await sharp(join(folder, 'canary.png')).png().toBuffer()).toString('base64');
    expect(await coloursOf(drawing(`<image href="data:image/png;base64,${canary}" ${everywhere}/>`))).not.toEqual(
      WHITE,
    );
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
      (error: { code: string }) => error.code,
    );

    expect(['drawn', 'image_unreadable']).toContain(outcome);
  });
});
