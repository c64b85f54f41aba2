import type { Feature } from '../../analyzer.js';
import type { Film } from '../film.js';

/** Pixels of the square that each picture is fitted into, and between two pictures. */
const CELL = 320;
const GAP = 8;
const MOST_COLUMNS = 5;
const BACKGROUND = '#202020';

/** All key frames on one sheet, in rows from left to right; the artifact `contact-sheet.jpg`, no key in `results`. */
export const contactSheet: Feature<Film> = {
  name: 'contact_sheet',
  description: 'All key frames on one sheet',
  default: true,
  run: async (film, context) => {
    const stills = await film.stills();
    const { default: sharp } = await import('sharp');
    const cells = await Promise.all(
      stills.map(({ jpeg }) =>
        sharp(jpeg)
          .resize({ width: CELL, height: CELL, fit: 'inside', withoutEnlargement: true })
          .toBuffer({ resolveWithObject: true }),
      ),
    );
    const [width, height] = [
      Math.max(...cells.map(({ info }) => info.width)),
      Math.max(...cells.map(({ info }) => info.height)),
    ];
    const columns = Math.min(MOST_COLUMNS, Math.ceil(Math.sqrt(cells.length)));
    const rows = Math.ceil(cells.length / columns);
    const pictures = cells.map(({ data }, index) => ({
      input: data,
      left: GAP + (index % columns) * (width + GAP),
      top: GAP + Math.floor(index / columns) * (height + GAP),
    }));
    const sheet = { width: GAP + columns * (width + GAP), height: GAP + rows * (height + GAP) };
    await sharp({ create: { ...sheet, channels: 3, background: BACKGROUND } })
      .composite(pictures)
      .jpeg({ quality: 80 })
      .toFile(context.artifact('contact-sheet.jpg', 'image/jpeg'));
    return undefined;
  },
};
