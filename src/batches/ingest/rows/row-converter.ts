import { createHash, type Hash } from 'node:crypto';
import { v7 as uuid } from 'uuid';
import { AddressPolicy } from '../../../platform/outbound/security/address-policy.js';
import { normalizeUrl } from '../../../platform/outbound/security/normalize-url.js';
import type { CsvRecord } from '../csv/csv-record.js';
import { CsvTable } from '../csv/csv-table.js';
import { CopyBytes } from './copy-bytes.js';
import { Fingerprints } from './fingerprints.js';
import { isPlainUrl } from './plain-url.js';
import type { Part, Problem, Summary } from './summary.js';

/** What has to be known before the first row is read. */
export interface ConverterOptions {
  readonly urlColumn?: string;
  /** Rows of a part at most. */
  readonly partSize: number;
  /** OUTBOUND_ALLOW. */
  readonly allow: string;
  /** Where there is room for 8 bytes a row. */
  readonly directory: string;
  /** Whether the bytes of the file are hashed. */
  readonly digest: boolean;
}

const MAX_PROBLEMS = 100;

/** Characters that are shown of a URL that is none, and that are kept of it. */
const [SHOWN, KEPT] = [200, 4_096];

const INVALID = Buffer.from('invalid_url');

/** The signature of COPY's binary format, no flags, no extension. */
const HEADER = Buffer.concat([Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1'), Buffer.alloc(8)]);
const TRAILER = Buffer.from([0xff, 0xff]);

/** Fields of a row: batch_id, row_number, problem, url, columns. */
const FIELDS = 5;

/** Turns a CSV file, piece by piece, into what COPY takes for batch_items, and counts what is said of it. */
export class RowConverter {
  private readonly table: CsvTable;
  private readonly policy: AddressPolicy;
  private readonly seen: Fingerprints;
  private readonly hash: Hash | null;
  private readonly parts: Part[] = [];
  private readonly problems: Problem[] = [];
  private readonly id = Buffer.alloc(16);
  private out = new CopyBytes(0);
  private blocked = 0;
  /** The most cells beyond the header that a row had. */
  private surplus = 0;

  constructor(private readonly options: ConverterOptions) {
    this.table = new CsvTable(options.urlColumn, this.row);
    this.policy = AddressPolicy.parse(options.allow);
    this.seen = new Fingerprints(options.directory);
    this.hash = options.digest ? createHash('sha256') : null;
  }

  /** @throws CsvFault */
  convert(piece: Buffer): Buffer {
    this.hash?.update(piece);
    this.out = new CopyBytes(piece.length * 2);
    this.table.read(piece);
    return this.out.take();
  }

  /** The last rows. @throws CsvFault */
  end(): { bytes: Buffer; summary: Summary } {
    this.out = new CopyBytes(1_024);
    this.table.end();
    this.out.reserve(TRAILER.length, 0);
    this.out.copy(TRAILER, 0, TRAILER.length);
    return { bytes: this.out.take(), summary: this.summary() };
  }

  close(): void {
    this.seen.close();
  }

  private readonly row = (record: CsvRecord, bytes: Buffer): void => {
    const { out } = this;
    const part = this.part();
    out.reserve(record.endOf(record.size - 1) - record.startOf(0), record.size);
    out.int16(FIELDS);
    out.value(this.id);
    out.int32(4);
    out.int32(this.table.rows);
    this.url(record, bytes, part);
    this.columns(record, bytes);
  };

  /** The part that the row belongs to; the first row of a part begins it. */
  private part(): Part {
    let part = this.parts.at(-1);
    if (!part) this.start();
    if (!part || part.rows === this.options.partSize) {
      part = { id: uuid(), rows: 0, invalid: 0 };
      this.id.write(part.id.replaceAll('-', ''), 'hex');
      this.parts.push(part);
    }
    part.rows += 1;
    return part;
  }

  private start(): void {
    this.out.reserve(HEADER.length, 0);
    this.out.copy(HEADER, 0, HEADER.length);
  }

  private url(record: CsvRecord, bytes: Buffer, part: Part): void {
    const { out } = this;
    const field = this.table.columns.url;
    const [start, end] = [record.startOf(field), record.endOf(field)];
    if (field < record.size && !record.isDoubled(field) && isPlainUrl(bytes, start, end)) {
      out.null();
      out.begin();
      out.copy(bytes, start, end);
      out.end();
      this.seen.add(bytes, start, end);
    } else this.oddUrl(record.text(field), part);
  }

  private oddUrl(text: string, part: Part): void {
    const { out } = this;
    const url = normalizeUrl(text, this.policy);
    const usable = url.ok || url.failure !== 'invalid_url';
    if (!url.ok) this.note(url.failure, text);
    if (usable) out.null();
    else out.value(INVALID);
    out.begin();
    out.text(url.ok ? url.href : text.trim().slice(0, KEPT).toWellFormed());
    out.end();
    if (!usable) {
      part.invalid += 1;
      return;
    }
    const { bytes, start, end } = out.begun;
    this.seen.add(bytes, start, end);
  }

  private note(code: Problem['code'], text: string): void {
    if (code === 'blocked_address') this.blocked += 1;
    if (this.problems.length === MAX_PROBLEMS) return;
    this.problems.push({ row: this.table.rows, code, value: text.slice(0, SHOWN).toWellFormed() });
  }

  /** The other cells in their order. Cells beyond the header are kept unless they are empty, as after a last comma. */
  private columns(record: CsvRecord, bytes: Buffer): void {
    const { out } = this;
    const { url, others } = this.table.columns;
    const width = others.length + 1;
    let size = record.size;
    while (size > width && record.startOf(size - 1) === record.endOf(size - 1)) size -= 1;
    this.surplus = Math.max(this.surplus, size - width);
    if (size === 0 || (size === 1 && url === 0)) {
      out.null();
      return;
    }
    out.begin();
    let mark = OPENING;
    for (let field = 0; field < size; field++) {
      if (field === url) continue;
      out.byte(mark);
      mark = COMMA;
      out.json(bytes, record.startOf(field), record.endOf(field), record.isDoubled(field));
    }
    out.byte(CLOSING);
    out.end();
  }

  private summary(): Summary {
    const { others } = this.table.columns;
    return {
      parts: this.parts,
      columns: [...others, ...this.surplusNames(others)],
      duplicates: this.seen.repetitions(),
      blocked: this.blocked,
      problems: this.problems,
      sha256: this.hash?.digest('hex') ?? null,
    };
  }

  private surplusNames(others: readonly string[]): string[] {
    return Array.from({ length: Math.max(0, this.surplus) }, (_cell, index) => {
      const name = `column_${others.length + 2 + index}`;
      return others.includes(name) ? `${name}_` : name;
    });
  }
}

const [OPENING, COMMA, CLOSING] = [0x5b, 0x2c, 0x5d];
