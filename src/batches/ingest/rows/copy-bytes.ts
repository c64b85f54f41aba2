const [QUOTE, BACKSLASH, SPACE] = [0x22, 0x5c, 0x20];

/** What stands for a control character in JSON takes six bytes; nothing takes more. */
const WIDEST = 6;

const HEX = Buffer.from('0123456789abcdef');

/** Rows in the binary format of PostgreSQL's COPY: every value is its length and its bytes. */
export class CopyBytes {
  private bytes: Buffer;
  private at = 0;
  private lengthAt = 0;

  constructor(private readonly capacity: number) {
    this.bytes = Buffer.allocUnsafeSlow(capacity);
  }

  get size(): number {
    return this.at;
  }

  /** What was written since the last time; room for so much again is made. */
  take(): Buffer {
    const taken = this.bytes.subarray(0, this.at);
    this.bytes = Buffer.allocUnsafeSlow(this.capacity);
    this.at = 0;
    return taken;
  }

  /** Makes room for a row whose texts have so many bytes in the file, none of which may be written without it. */
  reserve(texts: number, fields: number): void {
    const needed = this.at + texts * WIDEST + fields * 8 + 64;
    if (needed <= this.bytes.length) return;
    const wide = Buffer.allocUnsafeSlow(Math.max(needed, this.bytes.length * 2));
    this.bytes.copy(wide, 0, 0, this.at);
    this.bytes = wide;
  }

  int16(value: number): void {
    this.at = this.bytes.writeInt16BE(value, this.at);
  }

  int32(value: number): void {
    this.at = this.bytes.writeInt32BE(value, this.at);
  }

  null(): void {
    this.int32(-1);
  }

  value(source: Buffer): void {
    this.int32(source.length);
    this.copy(source, 0, source.length);
  }

  /** Begins a value whose length is known at its end. */
  begin(): void {
    this.lengthAt = this.at;
    this.at += 4;
  }

  end(): void {
    this.bytes.writeInt32BE(this.at - this.lengthAt - 4, this.lengthAt);
  }

  byte(value: number): void {
    this.bytes[this.at++] = value;
  }

  copy(source: Buffer, start: number, end: number): void {
    this.at += source.copy(this.bytes, this.at, start, end);
  }

  text(text: string): void {
    this.at += this.bytes.write(text, this.at);
  }

  /** Where the value that was begun has its bytes. */
  get begun(): { readonly bytes: Buffer; readonly start: number; readonly end: number } {
    return { bytes: this.bytes, start: this.lengthAt + 4, end: this.at };
  }

  /** Text as a string of JSON. @param doubled whether its quotes stand there twice, as they do in a quoted field. */
  json(source: Buffer, start: number, end: number, doubled: boolean): void {
    const { bytes } = this;
    let to = this.at;
    bytes[to++] = QUOTE;
    for (let at = start; at < end; at++) {
      const byte = source[at] ?? 0;
      if (byte === QUOTE || byte === BACKSLASH) {
        bytes[to++] = BACKSLASH;
        bytes[to++] = byte;
        if (doubled && byte === QUOTE) at += 1;
      } else if (byte >= SPACE) bytes[to++] = byte;
      else to += this.control(byte, to);
    }
    bytes[to++] = QUOTE;
    this.at = to;
  }

  private control(byte: number, at: number): number {
    this.bytes.write('\\u00', at, 'latin1');
    this.bytes[at + 4] = HEX[byte >> 4] ?? 0;
    this.bytes[at + 5] = HEX[byte & 15] ?? 0;
    return WIDEST;
  }
}
