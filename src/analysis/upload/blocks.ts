/** Bytes of a block: enough for the disk to take them in one go, few enough to be digested and written out of a core's cache. */
export const BLOCK = 262_144;

/** Blocks of all uploads together. Whoever finds none waits until another's has been written. */
export const MOST = 4096;

/** Where the blocks lie, for the threads that share them. What was never used takes no room. */
const memory = new SharedArrayBuffer(0, { maxByteLength: MOST * BLOCK });

/** Who holds a block that is not full yet, because its sender is slow. */
export interface Holder {
  /** Writes what is in the block, which is given back by that. */
  handIn(): void;
}

const free: Buffer[] = [];
const waiting: ((block: Buffer) => void)[] = [];
/** The longest first. */
const holders = new Set<Holder>();

export async function takeBlock(): Promise<Buffer> {
  const block = free.pop() ?? newBlock();
  if (block) return block;
  const taken = new Promise<Buffer>((resolve) => waiting.push(resolve));
  callIn();
  return taken;
}

export function giveBack(block: Buffer): void {
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

function newBlock(): Buffer | undefined {
  const start = memory.byteLength;
  if (start === memory.maxByteLength) return undefined;
  memory.grow(start + BLOCK);
  return Buffer.from(memory, start, BLOCK);
}
