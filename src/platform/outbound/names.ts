import { OutboundFailure } from './outbound.failure.js';
import type { NameLookup } from './name-lookup.js';

/** Seconds for which answers are believed, whatever their own time to live: good ones and bad ones. */
const BELIEVED = 30;
const DOUBTED = 5;

/** Names that are remembered, and addresses of one name that are looked at. */
const REMEMBERED = 10_000;
const CONSIDERED = 16;

interface Answer {
  readonly addresses: Promise<string[]>;
  until: number;
}

/** The addresses of names, asked once for all who ask at the same time and remembered briefly. */
export class Names {
  private readonly answers = new Map<string, Answer>();

  constructor(private readonly lookup: NameLookup) {}

  /** @throws OutboundFailure `dns` */
  addressesOf(name: string): Promise<string[]> {
    const known = this.answers.get(name);
    if (known && known.until > performance.now()) return known.addresses;
    return this.remember(name).addresses;
  }

  private remember(name: string): Answer {
    const answer: Answer = { addresses: this.ask(name), until: Number.POSITIVE_INFINITY };
    const keep = (seconds: number) => () => {
      answer.until = performance.now() + seconds * 1000;
    };
    answer.addresses.then(keep(BELIEVED), keep(DOUBTED));
    this.answers.delete(name);
    this.answers.set(name, answer);
    this.forgetOldest();
    return answer;
  }

  private async ask(name: string): Promise<string[]> {
    try {
      const addresses = await this.lookup(name);
      if (addresses.length > 0) return addresses.slice(0, CONSIDERED);
    } catch (error) {
      if (!saysThatThereIsNone(error)) throw new OutboundFailure('dns', 'The name of the host could not be resolved.');
    }
    throw new OutboundFailure('dns', 'The name of the host has no address.');
  }

  private forgetOldest(): void {
    for (const oldest of this.answers.keys()) {
      if (this.answers.size <= REMEMBERED) return;
      this.answers.delete(oldest);
    }
  }
}

const saysThatThereIsNone = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ENOTFOUND' || error.code === 'ENODATA');
