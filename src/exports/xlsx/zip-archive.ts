import { promisify } from 'node:util';
import { constants, crc32, deflateRaw } from 'node:zlib';

const deflate = promisify(deflateRaw);

/** Blocks that end on a byte can follow one another; each is packed by a thread of its own. */
const BLOCK = { level: 2, finishFlush: constants.Z_SYNC_FLUSH };

/** An empty last block: the end of what was packed in blocks. */
const LAST_BLOCK = Buffer.from([3, 0]);

/** Sizes stand behind the data, names are UTF-8. */
const FLAGS = 0x0808;
const DEFLATED = 8;
const [VERSION, VERSION_64] = [20, 45];

/** 1980-01-01, the first day of ZIP: an archive of the same content has the same bytes. */
const DATE = 0x0021;

interface Member {
  readonly name: Buffer;
  readonly offset: number;
  crc: number;
  /** Bytes. */
  size: number;
  packed: number;
}

/**
 * A ZIP archive as a stream (APPNOTE 6.3.10): every method returns the bytes that come next. Members stay below 4 GB; the
 * archive may grow beyond, in the form of ZIP64.
 */
export class ZipArchive {
  private readonly members: Member[] = [];
  private member: Member = { name: Buffer.alloc(0), offset: 0, crc: 0, size: 0, packed: 0 };
  private written = 0;

  /** @param largest the largest number that stands in a field of 32 bits. */
  constructor(private readonly largest = 0xffff_fffe) {}

  /** Bytes of the member so far. */
  get size(): number {
    return this.member.size;
  }

  begin(path: string): Buffer {
    const name = Buffer.from(path);
    this.member = { name, offset: this.written, crc: 0, size: 0, packed: 0 };
    this.members.push(this.member);
    const header = fields([4, 0x04034b50], [2, VERSION], [2, FLAGS], [2, DEFLATED], [2, 0], [2, DATE]);
    return this.count(Buffer.concat([header, fields([4, 0], [4, 0], [4, 0], [2, name.length], [2, 0]), name]));
  }

  /** A further piece of the member. Pieces may be packed at once; their bytes go out in order, all before its end. */
  async add(piece: Buffer): Promise<Buffer> {
    const { member } = this;
    member.crc = crc32(piece, member.crc);
    member.size += piece.length;
    const packed = await deflate(piece, BLOCK);
    member.packed += packed.length;
    return this.count(packed);
  }

  endMember(): Buffer {
    const { member } = this;
    member.packed += LAST_BLOCK.length;
    const sizes = fields([4, 0x08074b50], [4, member.crc], [4, member.packed], [4, member.size]);
    return this.count(Buffer.concat([LAST_BLOCK, sizes]));
  }

  /** The directory, by which readers find everything. */
  end(): Buffer {
    const start = this.written;
    const directory = this.count(Buffer.concat(this.members.map((member) => this.entry(member))));
    const count = this.members.length;
    const large = start > this.largest || count > 0xfffe;
    const end = fields(
      [4, 0x06054b50],
      [4, 0],
      [2, large ? 0xffff : count],
      [2, large ? 0xffff : count],
      [4, large ? 0xffff_ffff : directory.length],
      [4, large ? 0xffff_ffff : start],
      [2, 0],
    );
    return Buffer.concat([directory, ...(large ? [this.end64(start, directory.length, count)] : []), end]);
  }

  private entry({ name, offset, crc, size, packed }: Member): Buffer {
    const far = offset > this.largest;
    const extra = far ? fields([2, 1], [2, 8], [8, offset]) : Buffer.alloc(0);
    const version = far ? VERSION_64 : VERSION;
    return Buffer.concat([
      fields([4, 0x02014b50], [2, version], [2, version], [2, FLAGS], [2, DEFLATED], [2, 0], [2, DATE], [4, crc]),
      fields([4, packed], [4, size], [2, name.length], [2, extra.length], [2, 0], [2, 0], [2, 0], [4, 0]),
      fields([4, far ? 0xffff_ffff : offset]),
      name,
      extra,
    ]);
  }

  private end64(start: number, length: number, count: number): Buffer {
    return Buffer.concat([
      fields([4, 0x06064b50], [8, 44], [2, VERSION_64], [2, VERSION_64], [4, 0], [4, 0], [8, count], [8, count]),
      fields([8, length], [8, start]),
      fields([4, 0x07064b50], [4, 0], [8, this.written], [4, 1]),
    ]);
  }

  private count(bytes: Buffer): Buffer {
    this.written += bytes.length;
    return bytes;
  }
}

/** Numbers with their widths in bytes, the lowest byte first. */
function fields(...numbers: [width: 2 | 4 | 8, value: number][]): Buffer {
  const bytes = Buffer.alloc(numbers.reduce((sum, [width]) => sum + width, 0));
  let at = 0;
  for (const [width, value] of numbers) {
    if (width === 8) bytes.writeBigUInt64LE(BigInt(value), at);
    else bytes.writeUIntLE(value, at, width);
    at += width;
  }
  return bytes;
}
