import { open } from 'node:fs/promises';
import { posix } from 'node:path';

import { documentEncrypted, documentUnreadable } from '../../../analysis.failures.js';
import { cleanText } from '../../clean-text.js';
import type { DocumentMetadata } from '../../document-content.js';
import { isoTime } from '../timestamps.js';
import { readXml } from './xml-reader.js';
import type { XmlHandlers } from './xml-reader.js';
import { ZipReader } from './zip-reader.js';

/** A password turns an office file into an OLE compound file that hides the archive. */
const COMPOUND_FILE = Buffer.from('d0cf11e0a1b11ae1', 'hex');

export interface Relationship {
  readonly id: string;
  /** The last word of its type, such as `slide`. */
  readonly type: string;
  /** A part's name within the package; elsewhere when external. */
  readonly target: string;
  readonly external: boolean;
}

/** An office document: parts of XML in a ZIP that point at one another (ISO/IEC 29500-2). */
export class OoxmlPackage {
  private constructor(
    private readonly archive: ZipReader,
    private readonly root: readonly Relationship[],
  ) {}

  /**
   * Lends the package at a path.
   * @throws WorkFailure document_encrypted, document_unreadable, archive_too_large
   */
  static async with<T>(path: string, use: (document: OoxmlPackage) => Promise<T>): Promise<T> {
    if (await startsWith(path, COMPOUND_FILE)) throw documentEncrypted();
    const archive = await ZipReader.open(path);
    try {
      return await use(new OoxmlPackage(archive, await relationshipsIn(archive, '')));
    } finally {
      archive.close();
    }
  }

  /** The part that everything else hangs on. */
  get mainPart(): string {
    const main = this.root.find(({ type, external }) => type === 'officeDocument' && !external);
    if (!main || !this.archive.has(main.target)) throw documentUnreadable();
    return main.target;
  }

  /** Reads one part; a part that is not there says nothing. */
  async read(part: string, handlers: XmlHandlers): Promise<void> {
    if (this.archive.has(part)) await readXml(this.archive.read(part), handlers);
  }

  relationships(part: string): Promise<readonly Relationship[]> {
    return relationshipsIn(this.archive, part);
  }

  /** Title, author and times of the core properties. */
  async metadata(): Promise<DocumentMetadata> {
    const values = await this.properties('core-properties');
    return {
      title: cleanText(values.get('title') ?? '', 500),
      author: cleanText(values.get('creator') ?? '', 500),
      created: isoTime(values.get('created') ?? ''),
      modified: isoTime(values.get('modified') ?? ''),
    };
  }

  /** How many pages the program that wrote the file counted. */
  async pages(): Promise<number | null> {
    const pages = Number((await this.properties('extended-properties')).get('Pages') ?? Number.NaN);
    return Number.isSafeInteger(pages) && pages > 0 ? pages : null;
  }

  private async properties(type: string): Promise<ReadonlyMap<string, string>> {
    const values = new Map<string, string>();
    const part = this.root.find((relationship) => relationship.type === type)?.target;
    if (part === undefined) return values;
    let name = '';
    await this.read(part, {
      open: (element) => (name = element),
      text: (text) => values.set(name, (values.get(name) ?? '') + text),
      close: () => (name = ''),
    });
    return values;
  }
}

async function relationshipsIn(archive: ZipReader, part: string): Promise<readonly Relationship[]> {
  const { dir, base } = posix.parse(part);
  const name = posix.join(dir, '_rels', `${base}.rels`);
  const found: Relationship[] = [];
  if (!archive.has(name)) return found;
  await readXml(archive.read(name), {
    open: (element, attribute) => {
      if (element !== 'Relationship') return;
      const external = attribute('TargetMode') === 'External';
      const target = attribute('Target') ?? '';
      found.push({
        id: attribute('Id') ?? '',
        type: posix.basename(attribute('Type') ?? ''),
        target: external ? target : posix.resolve('/', dir, target).slice(1),
        external,
      });
    },
  });
  return found;
}

async function startsWith(path: string, magic: Buffer): Promise<boolean> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(magic.length), 0, magic.length, 0);
    return bytesRead === magic.length && buffer.equals(magic);
  } finally {
    await file.close();
  }
}
