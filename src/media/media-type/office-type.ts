import { fileTypeFromBuffer } from 'file-type';
import type { Entry, ZipFile } from 'yauzl';
import type { MediaType } from './media-types.js';

const OFFICE = 'application/vnd.openxmlformats-officedocument';

interface Family {
  readonly mediaType: MediaType;
  /** The main part's content type begins so; documents, templates, shows, with macros or without, have the same parts. */
  readonly contentTypes: readonly string[];
  /** The usual name of the main part, for packages whose list of content types says nothing. */
  readonly mainPart: string;
  readonly extensions: readonly string[];
}

const FAMILIES: readonly Family[] = [
  {
    mediaType: `${OFFICE}.wordprocessingml.document`,
    contentTypes: [`${OFFICE}.wordprocessingml.`, 'application/vnd.ms-word.'],
    mainPart: 'word/document.xml',
    extensions: ['docx', 'docm', 'dotx', 'dotm'],
  },
  {
    mediaType: `${OFFICE}.spreadsheetml.sheet`,
    contentTypes: [`${OFFICE}.spreadsheetml.`, 'application/vnd.ms-excel.'],
    mainPart: 'xl/workbook.xml',
    extensions: ['xlsx', 'xlsm', 'xltx', 'xltm'],
  },
  {
    mediaType: `${OFFICE}.presentationml.presentation`,
    contentTypes: [`${OFFICE}.presentationml.`, 'application/vnd.ms-powerpoint.'],
    mainPart: 'ppt/presentation.xml',
    extensions: ['pptx', 'pptm', 'potx', 'potm', 'ppsx', 'ppsm'],
  },
];

const CONTENT_TYPES = '[content_types].xml';
const MAX_CONTENT_TYPES_BYTES = 1024 * 1024;

/** Entries of a directory, whatever their names; the reader of documents takes no more either. */
const MAX_ENTRIES = 10_000;

export function officeTypeByExtension(extension: string): MediaType | null {
  return FAMILIES.find(({ extensions }) => extensions.includes(extension))?.mediaType ?? null;
}

/**
 * Which office file a ZIP is, null when it is none. Its directory is asked, as its reader will; of a file without one,
 * broken off or damaged, what its first entries tell.
 */
export async function officeTypeOf(path: string, head: Buffer): Promise<MediaType | null> {
  const { openPromise } = await import('yauzl');
  try {
    const zip = await openPromise(path, { autoClose: false, validateEntrySizes: false });
    try {
      return await typeByDirectory(zip);
    } finally {
      zip.close();
    }
  } catch (error) {
    blameContent(error);
    return typeByFirstEntries(head);
  }
}

async function typeByDirectory(zip: ZipFile): Promise<MediaType | null> {
  if (zip.entryCount > MAX_ENTRIES) return null;
  const names = new Set<string>();
  for await (const entry of zip.eachEntry()) {
    const name = entry.fileName.toLowerCase();
    // To inflate the list again for every entry of its name would take minutes.
    const family = name === CONTENT_TYPES && !names.has(name) ? familyIn(await contentTypes(zip, entry)) : undefined;
    if (family) return family.mediaType;
    names.add(name);
  }
  if (!names.has(CONTENT_TYPES)) return null;
  return FAMILIES.find(({ mainPart }) => names.has(mainPart))?.mediaType ?? null;
}

/** The list of content types, as far as it can be read; one behind a password or badly packed says nothing. */
async function contentTypes(zip: ZipFile, entry: Entry): Promise<string> {
  if (!entry.canDecodeFileData()) return '';
  const stream = await zip.openReadStreamPromise(entry);
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      size += chunk.length;
      if (size > MAX_CONTENT_TYPES_BYTES) break;
    }
  } catch (error) {
    blameContent(error);
    return '';
  } finally {
    stream.destroy();
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** What fails without asking the system is the content of the file. */
function blameContent(error: unknown): void {
  if (error instanceof Error && 'syscall' in error) throw error;
}

function familyIn(xml: string): Family | undefined {
  const mains = [...xml.matchAll(/ContentType\s*=\s*["']([^"'<>]{1,200})["']/g)]
    .map(([, contentType = '']) => contentType)
    .filter((contentType) => contentType.endsWith('.main+xml'));
  return FAMILIES.find(({ contentTypes }) =>
    mains.some((main) => contentTypes.some((beginning) => main.startsWith(beginning))),
  );
}

/** The head lies in memory, so that an error can only come from its content. */
async function typeByFirstEntries(head: Buffer): Promise<MediaType | null> {
  const extension = await fileTypeFromBuffer(head).then(
    (type) => type?.ext ?? '',
    () => '',
  );
  return officeTypeByExtension(extension);
}
