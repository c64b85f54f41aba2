import type { OoxmlPackage } from '../ooxml/ooxml-package.js';

/** Images in a drawing part of a spreadsheet. */
export async function countImages(document: OoxmlPackage, part: string): Promise<number> {
  let pictures = 0;
  await document.read(part, {
    open: (name) => {
      if (name === 'blip') pictures += 1;
    },
  });
  return pictures;
}
