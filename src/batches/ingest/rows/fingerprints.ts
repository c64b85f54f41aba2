import { closeSync, mkdirSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { randomBytes, randomUUID } from 'node:crypto';

/** Fingerprints that are held in memory at once: 8 MiB. */
const BLOCK = 1_048_576;

/**
 * Counts how many of the texts that were added had been there before, in memory that does not grow with them: each leaves
 * 64 bits, and what no longer fits waits in a file without a name, which goes with the process whatever happens to it.
 * That two different texts among ten million share a fingerprint has a chance of one in 400,000.
 */
export class Fingerprints {
  private readonly block: BigUint64Array;
  private readonly words: Uint32Array;
  private readonly seeds = new Uint32Array(randomBytes(8).buffer.slice(0, 8));
  private held = 0;
  private spilled = 0;
  private file: number | undefined;

  /**
   * @param directory where there is room for 8 bytes a text.
   * @param capacity fingerprints that are held in memory.
   */
  constructor(
    private readonly directory: string,
    private readonly capacity = BLOCK,
  ) {
    this.block = new BigUint64Array(capacity);
    this.words = new Uint32Array(this.block.buffer);
  }

  add(bytes: Uint8Array, start: number, end: number): void {
    if (this.held === this.capacity) this.spill();
    let one = this.seeds[0] ?? 0;
    let other = this.seeds[1] ?? 0;
    for (let at = start; at < end; at++) {
      const byte = bytes[at] ?? 0;
      one = Math.imul(one ^ byte, 0x9e3779b1);
      one = (one << 13) | (one >>> 19);
      other = Math.imul(other ^ byte, 0x85ebca77);
      other = (other << 17) | (other >>> 15);
    }
    this.words[this.held * 2] = mixed(one ^ (other >>> 16));
    this.words[this.held * 2 + 1] = mixed(other ^ (end - start));
    this.held += 1;
  }

  /** How many of the texts were a repetition. Nothing can be added after that. */
  repetitions(): number {
    if (this.file === undefined) return repetitionsIn(this.block.subarray(0, this.held));
    this.spill();
    let found = 0;
    const passes = Math.ceil(this.spilled / this.capacity);
    for (let pass = 0; pass < passes; pass++) found += repetitionsIn(this.share(pass, passes));
    return found;
  }

  close(): void {
    if (this.file !== undefined) closeSync(this.file);
    this.file = undefined;
  }

  private spill(): void {
    this.file ??= this.open();
    writeSync(this.file, this.words, 0, this.held * 8);
    this.spilled += this.held;
    this.held = 0;
  }

  private open(): number {
    mkdirSync(this.directory, { recursive: true });
    const path = join(this.directory, `fingerprints-${randomUUID()}`);
    const file = openSync(path, 'wx+', 0o600);
    unlinkSync(path);
    return file;
  }

  /** Those of all fingerprints whose rest by the number of passes is that of this pass. */
  private share(pass: number, passes: number): BigUint64Array {
    let share = new BigUint64Array(Math.ceil(this.capacity * 1.25));
    let count = 0;
    for (let position = 0; position < this.spilled * 8;) {
      const read = readSync(this.file ?? -1, this.words, 0, this.block.byteLength, position) / 8;
      if (read === 0) throw new Error('The fingerprints are gone');
      for (let at = 0; at < read; at++) {
        if ((this.words[at * 2] ?? 0) % passes !== pass) continue;
        if (count === share.length) share = widened(share);
        share[count++] = this.block[at] ?? 0n;
      }
      position += read * 8;
    }
    return share.subarray(0, count);
  }
}

/** The finish of MurmurHash3 (Appleby): each bit of the hash goes into all others. */
function mixed(hash: number): number {
  const once = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  const twice = Math.imul(once ^ (once >>> 13), 0xc2b2ae35);
  return twice ^ (twice >>> 16);
}

function widened(full: BigUint64Array): BigUint64Array<ArrayBuffer> {
  const wide = new BigUint64Array(full.length * 2);
  wide.set(full);
  return wide;
}

function repetitionsIn(fingerprints: BigUint64Array): number {
  fingerprints.sort();
  let found = 0;
  for (let at = 1; at < fingerprints.length; at++) {
    if (fingerprints[at] === fingerprints[at - 1]) found += 1;
  }
  return found;
}
