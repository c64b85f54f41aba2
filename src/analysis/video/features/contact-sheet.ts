import type { Feature } from '../../analyzer.js';
import type { DecodedVideo } from '../decoded-video.js';

/** Pixels of the square that each frame is fitted into, and between two frames. */
const CELL_PX = 320;
const GAP_PX = 8;
const MAX_COLUMNS = 5;
const BACKGROUND = '#202020';

/** All key frames on one sheet, in rows from left to right; the artifact `contact-sheet.jpg`, no key in `results`. */
export const contactSheet: Feature<DecodedVideo> = {
  name: 'contact_sheet',
  description: 'All key frames on one sheet',
  default: true,
  run: async (video, context) => {
    const stills = await video.stills();
    const { default: sharp } = await import('sharp');
    const cells = await Promise.all(
      stills.map(({ jpeg }) =>
        sharp(jpeg)
          .resize({ width: CELL_PX, height: CELL_PX, fit: 'inside', withoutEnlargement: true })
          .toBuffer({ resolveWithObject: true }),
      ),
    );
    const [width, height] = [
      Math.max(...cells.map(({ info }) => info.width)),
      Math.max(...cells.map(({ info }) => info.height)),
    ];
    const columns = Math.min(MAX_COLUMNS, Math.ceil(Math.sqrt(cells.length)));
    const rows = Math.ceil(cells.length / columns);
    const placed = cells.map(({ data }, index) => ({
      input: data,
      left: GAP_PX + (index % columns) * (width + GAP_PX),
      top: GAP_PX + Math.floor(index / columns) * (height + GAP_PX),
    }));
    const sheet = { width: GAP_PX + columns * (width + GAP_PX), height: GAP_PX + rows * (height + GAP_PX) };
    await sharp({ create: { ...sheet, channels: 3, background: BACKGROUND } })
      .composite(placed)
      .jpeg({ quality: 80 })
      .toFile(context.artifact('contact-sheet.jpg', 'image/jpeg'));
    return undefined;
  },
};
