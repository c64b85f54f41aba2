import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';

interface GlyphFile {
  unitsPerEm: number;
  /** Advance and SVG path by character. */
  glyphs: Record<string, [number, string]>;
}

const { unitsPerEm, glyphs } = JSON.parse(
  readFileSync(join(import.meta.dirname, 'files', 'glyphs.json'), 'utf8'),
) as GlyphFile;

export interface Lettering {
  /** Pixels of the em; capitals are about 0.73 of it. */
  size?: number;
  ink?: string;
  paper?: string;
  margin?: number;
  lineHeight?: number;
}

/** Lines of ASCII as SVG, drawn as outlines: a bare machine has no fonts. */
export function letteringSvg(
  lines: readonly string[],
  { size = 40, ink = '#000', paper = '#fff', margin = size, lineHeight = size * 1.5 }: Lettering = {},
): Buffer {
  const scale = size / unitsPerEm;
  const width = Math.ceil(Math.max(...lines.map((line) => advance(line))) * scale + 2 * margin);
  const height = Math.ceil(lines.length * lineHeight + 2 * margin);
  const rows = lines.map((line, row) => {
    const baseline = margin + (row + 0.75) * lineHeight;
    return `<g transform="translate(${margin} ${baseline}) scale(${scale})">${outlines(line)}</g>`;
  });
  return Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">` +
      `<rect width="100%" height="100%" fill="${paper}"/><g fill="${ink}">${rows.join('')}</g></svg>`,
  );
}

/** A PNG of printed lines. */
export const lettering = (lines: readonly string[], options?: Lettering): Promise<Buffer> =>
  sharp(letteringSvg(lines, options)).png().toBuffer();

const advance = (text: string) => Array.from(text).reduce((sum, character) => sum + glyph(character)[0], 0);

function outlines(line: string): string {
  let x = 0;
  return Array.from(line)
    .map((character) => {
      const [width, path] = glyph(character);
      const drawn = `<path transform="translate(${x})" d="${path}"/>`;
      x += width;
      return drawn;
    })
    .join('');
}

function glyph(character: string): [number, string] {
  const found = glyphs[character];
  if (!found) throw new Error(`No outline for ${character}`);
  return found;
}
