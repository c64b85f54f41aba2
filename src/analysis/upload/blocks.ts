/** Bytes of a block: enough for the disk to take them in one go, few enough for many uploads at once. */
export const BLOCK = 524_288;

/** Blocks of all uploads together. Whoever finds none waits until another's has been written. */
const MOST = 2048;

/**
 * Where the blocks lie. Memory that can grow begins at a page of the machine, which a disk needs that reads it by itself,
 * and threads can share this kind. What was never used takes no room.
 */
const memory = new SharedArrayBuffer(0, { maxByteLength: MOST * BLOCK });

/** Who holds a block that is not full yet, because its sender is slow. */
export interface Holder {
  /** Writes what is in the block, which is given back by that. */
  handIn(): void;
}

const free: Uint8Array[] = [];
const waiting: ((block: Uint8Array) => void)[] = [];
/** The longest first. */
const holders = new Set<Holder>();

export async function takeBlock(): Promise<Uint8Array> {
  const block = free.pop() ?? newBlock();
  if (block) return block;
  const taken = new Promise<Uint8Array>((resolve) => waiting.push(resolve));
  callIn();
  return taken;
}

export function giveBack(block: Uint8Array): void {
  const next = waiting.shift();
  if (next) next(block);
  else free.push(block);
}

/** The holder waits for its sender: until it is forgotten it may have to hand in what it has. */
export function remember(holder: Holder): void {
  holders.add(holder);
  if (waiting.length > 0) callIn();
}

export function forget(holder: Holder): void {
  holders.delete(holder);
}

/** However many uploads are slow, who has bytes finds a block for them. */
function callIn(): void {
  const [slowest] = holders;
  if (!slowest) return;
  forget(slowest);
  slowest.handIn();
}

function newBlock(): Uint8Array | undefined {
  const start = memory.byteLength;
  if (start === memory.maxByteLength) return undefined;
  memory.grow(start + BLOCK);
  return new Uint8Array(memory, start, BLOCK);
}
