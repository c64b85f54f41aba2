import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { analyzeImage } from '../../../test/support/media/analyze-image.js';
import { solid } from '../../../test/support/media/images.js';
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
    // The canary's own bytes, embedded: the image that must not appear above is one that can appear.
    const canary = (await sharp(join(folder, 'canary.png')).png().toBuffer()).toString('base64');
    expect(await coloursOf(drawing(`<image href="data:image/png;base64,${canary}" ${everywhere}/>`))).not.toEqual(
      WHITE,
    );
  });
});
