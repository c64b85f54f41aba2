import { constants } from 'node:fs';
import { copyFile } from 'node:fs/promises';

import type { Feature } from '../../analyzer.js';
import { cleanText } from '../clean-text.js';
import type { DocumentContent } from '../document-content.js';

const EXCERPT_CHARACTERS = 1000;

/**
 * The text in full as the artifact `text.txt` (UTF-8, line feeds) with its counts, and its beginning. `truncated` says
 * that the document went on beyond what is kept.
 */
export const text: Feature<DocumentContent> = {
  name: 'text',
  description: 'The whole text as a file, its counts and its beginning',
  default: true,
  run: async ({ text: { path, characters, words, lines, head, truncated } }, context) => {
    await copyFile(path, context.artifact('text.txt', 'text/plain'), constants.COPYFILE_FICLONE);
    return { characters, words, lines, excerpt: cleanText(head, EXCERPT_CHARACTERS) ?? '', truncated };
  },
};
