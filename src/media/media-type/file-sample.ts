import { open } from 'node:fs/promises';

const PART_BYTES = 65_536;

/** What is looked at of a file, however large it is: up to 64 KiB of its beginning, middle and end each. */
export interface FileSample {
  readonly head: Buffer;
  /** Of what lies behind the head; none when the head is the whole file. */
  readonly others: readonly Buffer[];
}

export async function sampleFile(path: string): Promise<FileSample> {
  const file = await open(path, 'r');
  const part = async (position: number) => {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(PART_BYTES), 0, PART_BYTES, position);
    return buffer.subarray(0, bytesRead);
  };
  try {
    const { size } = await file.stat();
    const last = size - PART_BYTES;
    // Even offsets, so that no unit of UTF-16 is torn apart.
    const positions = last > 0 ? [last / 2, last].map((position) => 2 * Math.ceil(position / 2)) : [];
    return { head: await part(0), others: await Promise.all(positions.map(part)) };
  } finally {
    await file.close();
  }
}
