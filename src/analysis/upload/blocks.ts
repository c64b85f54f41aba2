/** Bytes of a block: enough for the disk to take them in one go, few enough for many uploads at once. */
export const BLOCK = 524_288;

/** Blocks of all uploads together. Whoever finds none waits until another's is free. */
const MOST = 2048;

/**
 * Where the blocks lie. Memory that can grow begins at a page of the machine, which a disk needs that reads it by itself,
 * and threads can share this kind. What was never used takes no room.
 */
const memory = new SharedArrayBuffer(0, { maxByteLength: MOST * BLOCK });

const free: Uint8Array[] = [];
const waiting: ((block: Uint8Array) => void)[] = [];

export async function takeBlock(): Promise<Uint8Array> {
  const block = free.pop() ?? newBlock();
  return block ?? new Promise((resolve) => waiting.push(resolve));
}

export function giveBack(block: Uint8Array): void {
  const next = waiting.shift();
  if (next) next(block);
  else free.push(block);
}

function newBlock(): Uint8Array | undefined {
  const start = memory.byteLength;
  if (start === memory.maxByteLength) return undefined;
  memory.grow(start + BLOCK);
  return new Uint8Array(memory, start, BLOCK);
}
