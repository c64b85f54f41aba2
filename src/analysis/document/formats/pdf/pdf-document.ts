import type { FileHandle } from 'node:fs/promises';
import { open } from 'node:fs/promises';

import { documentEncrypted, documentUnreadable } from '../../../analysis.failures.js';
import { PdfPage } from './pdf-page.js';
import { discardPdfium, isTrap, loadPdfium, utf16At, withMemory } from './pdfium.js';
import type { Pdfium } from './pdfium.js';

/** Errors of FPDF_GetLastError that mean that a password, or another way of unlocking, is missing. */
const LOCKED = [4, 5];
const MAX_METADATA_BYTES = 64 * 1024;
const READ_BYTES = 4 * 1024 * 1024;

/** A PDF while it is open. */
export class PdfDocument {
  constructor(
    readonly pdfium: Pdfium,
    private readonly handle: number,
  ) {}

  get pageCount(): number {
    return this.pdfium._FPDF_GetPageCount(this.handle);
  }

  get encrypted(): boolean {
    return this.pdfium._FPDF_GetSecurityHandlerRevision(this.handle) > 0;
  }

  /** An entry of the information dictionary, such as Title; empty when absent. */
  information(tag: string): string {
    const { pdfium, handle } = this;
    return withMemory(pdfium, tag.length + 1, (name) => {
      pdfium.HEAPU8.set([...Buffer.from(tag, 'latin1'), 0], name);
      const bytes = pdfium._FPDF_GetMetaText(handle, name, 0, 0);
      if (bytes <= 2 || bytes > MAX_METADATA_BYTES) return '';
      return withMemory(pdfium, bytes, (buffer) => {
        pdfium._FPDF_GetMetaText(handle, name, buffer, bytes);
        return utf16At(pdfium, buffer, bytes - 2);
      });
    });
  }

  /** Lends a page, counted from 1; null when it is damaged beyond opening. */
  async withPage<T>(number: number, use: (page: PdfPage) => T | Promise<T>): Promise<T | null> {
    const handle = this.pdfium._FPDF_LoadPage(this.handle, number - 1);
    if (handle === 0) return null;
    const page = new PdfPage(this.pdfium, handle);
    try {
      return await use(page);
    } finally {
      page.close();
    }
  }

  close(): void {
    this.pdfium._FPDF_CloseDocument(this.handle);
  }
}

/**
 * Lends the PDF at a path. A trap in pdfium is the document's fault, not ours: that instance is given up.
 * @throws WorkFailure document_encrypted, document_unreadable
 */
export async function withPdf<T>(path: string, use: (pdf: PdfDocument) => Promise<T>): Promise<T> {
  const pdfium = await loadPdfium();
  try {
    return await openAndUse(pdfium, path, use);
  } catch (error) {
    if (!isTrap(error)) throw error;
    discardPdfium();
    throw documentUnreadable();
  }
}

async function openAndUse<T>(pdfium: Pdfium, path: string, use: (pdf: PdfDocument) => Promise<T>): Promise<T> {
  const { pointer, bytes } = await load(pdfium, path);
  try {
    const pdf = openDocument(pdfium, pointer, bytes);
    try {
      return await use(pdf);
    } finally {
      pdf.close();
    }
  } finally {
    pdfium.wasmExports.free(pointer);
  }
}

function openDocument(pdfium: Pdfium, pointer: number, bytes: number): PdfDocument {
  const handle = pdfium._FPDF_LoadMemDocument(pointer, bytes, 0);
  if (handle !== 0) return new PdfDocument(pdfium, handle);
  throw LOCKED.includes(pdfium._FPDF_GetLastError()) ? documentEncrypted() : documentUnreadable();
}

/** Reads the file straight into pdfium's memory, so that it is held once. */
async function load(pdfium: Pdfium, path: string): Promise<{ pointer: number; bytes: number }> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const pointer = pdfium.wasmExports.malloc(size);
    if (pointer === 0) throw new RangeError('pdfium has no memory left');
    await fill(file, pdfium, pointer, size);
    return { pointer, bytes: size };
  } finally {
    await file.close();
  }
}

async function fill(file: FileHandle, pdfium: Pdfium, pointer: number, size: number): Promise<void> {
  for (let at = 0; at < size;) {
    const wanted = Math.min(READ_BYTES, size - at);
    const { bytesRead } = await file.read(pdfium.HEAPU8, pointer + at, wanted, at);
    if (bytesRead === 0) throw documentUnreadable();
    at += bytesRead;
  }
}
