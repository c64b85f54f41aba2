import { open } from 'node:fs/promises';
import { WorkFailure } from '../../platform/work-failure.js';
import { imageTooLarge, imageUnreadable } from '../media.failures.js';
import { loadSharp } from '../sharp.js';
import { assertDecodable } from './limits.js';
import { MAX_RETAINED_SIDE_PX, scaleDown } from './memory.js';
import { drawingSize } from './svg-size.js';
import { escape, rebuildSvg } from './svg-rebuild.js';
import type { ImageSource } from '../image-source.js';
import type { Size } from '../metadata/declared-size.js';
import type { Pixels } from '../pixels/pixels.js';
import type { EmbeddedPicture, RebuiltSvg } from './svg-rebuild.js';

const MAX_BYTES = 10 * 1024 * 1024;

/** Longer side in pixels at which an icon is drawn, since a drawing has no pixels of its own. */
const MIN_SIDE_PX = 512;

/** Megapixels of all images embedded in a drawing. */
const MAX_EMBEDDED_MEGAPIXELS = 25;

/** libvips' names of the decoders an embedded image may need. */
const EMBEDDED_FORMATS: readonly string[] = ['png', 'jpeg', 'gif', 'webp'];

/**
 * Opens SVG. What is drawn is never the file but a drawing made anew from its harmless parts, from memory, so that
 * there is neither a folder nor an address for anything to be relative to.
 */
export async function openSvg(path: string): Promise<ImageSource> {
  const rebuilt = rebuild(await readText(path));
  await removeUnfit(rebuilt);
  const size = drawingSize(rebuilt.root);
  const pixels = await draw(rebuilt, size);
  const facts = {
    ...size,
    format: 'svg',
    color_space: 'srgb',
    channels: 4,
    has_alpha: true,
    orientation: 1,
    density: null,
    frames: 1,
  } as const;
  return { facts, exif: null, view: (longestSide) => scaleDown(pixels, longestSide) };
}

async function readText(path: string): Promise<string> {
  const file = await open(path);
  try {
    if ((await file.stat()).size > MAX_BYTES) throw svgTooLarge();
    return decodeText(await file.readFile());
  } finally {
    await file.close();
  }
}

/** By the byte order mark, else by the XML declaration, else UTF-8. */
function decodeText(bytes: Buffer): string {
  const [first = 0, second = 0] = bytes;
  const mark = ({ 0xfffe: 'utf-16le', 0xfeff: 'utf-16be' } as Record<number, string>)[(first << 8) | second];
  const declared = /^<\?xml[^>]{0,100}encoding=["']([\w.-]{1,40})["']/.exec(bytes.toString('latin1', 0, 200))?.[1];
  try {
    return new TextDecoder(mark ?? declared ?? 'utf-8').decode(bytes);
  } catch {
    throw imageUnreadable();
  }
}

function rebuild(source: string): RebuiltSvg {
  try {
    return rebuildSvg(source);
  } catch (error) {
    throw error instanceof WorkFailure ? error : imageUnreadable();
  }
}

/** Takes out embedded images that are none; refuses those that together would take too much memory. */
async function removeUnfit({ content, embedded }: RebuiltSvg): Promise<void> {
  let pixels = 0;
  for (const image of embedded) {
    const size = await sizeOf(image);
    if (size) pixels += size.width * size.height;
    else content[image.piece] = '';
    if (pixels > MAX_EMBEDDED_MEGAPIXELS * 1_000_000) throw imageTooLarge(MAX_EMBEDDED_MEGAPIXELS);
  }
}

async function sizeOf({ bytes }: EmbeddedPicture): Promise<Size | null> {
  const sharp = await loadSharp();
  try {
    const { format, width, height } = await sharp(bytes, { limitInputPixels: false }).metadata();
    return EMBEDDED_FORMATS.includes(format) ? { width, height } : null;
  } catch {
    return null;
  }
}

async function draw({ root, content }: RebuiltSvg, size: Size): Promise<Pixels> {
  const sharp = await loadSharp();
  const svg = Buffer.from(compose(root, content, size));
  try {
    // A style sheet has the last word on the size.
    const { width, height } = await sharp(svg, { limitInputPixels: false }).metadata();
    assertDecodable(width, height);
    const { data, info } = await sharp(svg)
      .resize({ width: MAX_RETAINED_SIDE_PX, height: MAX_RETAINED_SIDE_PX, fit: 'inside', withoutEnlargement: true })
      .ensureAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true });
    return { data, width: info.width, height: info.height };
  } catch (error) {
    throw error instanceof WorkFailure ? error : imageUnreadable();
  }
}

/** The drawing with an outermost element that says how many pixels there will be. */
function compose(root: ReadonlyMap<string, string>, content: readonly string[], { width, height }: Size): string {
  const longer = Math.max(width, height);
  const scale = Math.min(MAX_RETAINED_SIDE_PX, Math.max(MIN_SIDE_PX, longer)) / longer;
  const attributes = new Map(root)
    .set('viewBox', root.get('viewBox') ?? `0 0 ${width} ${height}`)
    .set('width', String(Math.max(1, Math.round(width * scale))))
    .set('height', String(Math.max(1, Math.round(height * scale))));
  const written = [...attributes].map(([name, value]) => ` ${name}="${escape(value)}"`).join('');
  return `<svg xmlns="http://www.w3.org/2000/svg"${written}>${content.join('')}</svg>`;
}

const svgTooLarge = () => new WorkFailure('image_too_large', 'The drawing has more than 10 MB.');
