/** The part of pdfkit that documents are made with; the package brings no types. */
declare module 'pdfkit' {
  import type { Readable } from 'node:stream';

  interface PdfOptions {
    size?: string | [number, number];
    margin?: number;
    autoFirstPage?: boolean;
    info?: Record<string, string | Date>;
    userPassword?: string;
    ownerPassword?: string;
    pdfVersion?: string;
  }

  interface TextOptions {
    link?: string;
    width?: number;
  }

  class PdfDocument extends Readable {
    constructor(options?: PdfOptions);
    addPage(options?: PdfOptions): this;
    fontSize(points: number): this;
    text(text: string, options?: TextOptions): this;
    text(text: string, x: number, y: number, options?: TextOptions): this;
    image(data: Buffer, x: number, y: number, options: { width: number }): this;
    end(): void;
  }

  export default PdfDocument;
}
