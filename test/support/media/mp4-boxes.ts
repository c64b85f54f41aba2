/** Finds and rewrites boxes of an MP4 or MOV file, as far as videos that deceive are made of them. */

interface Box {
  /** Offset of the size field. */
  readonly at: number;
  readonly size: number;
  readonly type: string;
}

/** Bytes of size and type. */
const HEADER = 8;

function boxesIn(file: Buffer, from: number, to: number): Box[] {
  const boxes: Box[] = [];
  for (let at = from; at + HEADER <= to;) {
    const size = file.readUInt32BE(at);
    if (size < HEADER) break;
    boxes.push({ at, size, type: file.toString('latin1', at + 4, at + 8) });
    at += size;
  }
  return boxes;
}

/** All boxes at a path such as `moov/trak/tkhd`, each with the boxes that it lies in, itself last. */
function find(file: Buffer, path: string): Box[][] {
  return path.split('/').reduce<Box[][]>(
    (parents, type) =>
      parents.flatMap((line) => {
        const parent = line.at(-1);
        const [from, to] = parent ? [parent.at + HEADER, parent.at + parent.size] : [0, file.length];
        return boxesIn(file, from, to)
          .filter((box) => box.type === type)
          .map((box) => [...line, box]);
      }),
    [[]],
  );
}

/** Lets a function change the content of every box at a path, in place. */
export function editBoxes(file: Buffer, path: string, edit: (content: Buffer) => void): Buffer {
  const edited = Buffer.from(file);
  for (const line of find(edited, path)) {
    const box = line.at(-1)!;
    edit(edited.subarray(box.at + HEADER, box.at + box.size));
  }
  return edited;
}

/** Puts another content into the first box at a path; the boxes around it grow with it. Nothing may lie behind them. */
export function replaceBox(file: Buffer, path: string, content: Buffer): Buffer {
  const line = find(file, path)[0]!;
  const box = line.at(-1)!;
  const before = Buffer.from(file.subarray(0, box.at + HEADER));
  for (const { at, size } of line) before.writeUInt32BE(size + content.length - (box.size - HEADER), at);
  return Buffer.concat([before, content, file.subarray(box.at + box.size)]);
}
