/** Embeddings of length 1 in one block of memory, so that one can be compared with all of them at once. */
export class Gallery {
  private constructor(
    private readonly numbers: Float32Array,
    /** Numbers of one embedding. */
    private readonly length: number,
    private readonly count: number,
  ) {}

  /** @throws RangeError when they are not of the same length */
  static of(embeddings: readonly Float32Array[]): Gallery {
    const length = embeddings[0]?.length ?? 0;
    const numbers = new Float32Array(length * embeddings.length);
    for (const [index, embedding] of embeddings.entries()) {
      if (embedding.length !== length) throw new RangeError('Embeddings of one gallery have one length');
      numbers.set(embedding, index * length);
    }
    return new Gallery(numbers, length, embeddings.length);
  }

  /** The cosine of one embedding with each. Four sums run side by side, since one would wait for itself. */
  cosines(embedding: Float32Array): Float32Array {
    const { numbers, length, count } = this;
    const cosines = new Float32Array(count);
    const whole = length - (length % 4);
    for (let row = 0, start = 0; row < count; row++, start += length) {
      let [a, b, c, d] = [0, 0, 0, 0];
      for (let at = 0; at < whole; at += 4) {
        a += (embedding[at] ?? 0) * (numbers[start + at] ?? 0);
        b += (embedding[at + 1] ?? 0) * (numbers[start + at + 1] ?? 0);
        c += (embedding[at + 2] ?? 0) * (numbers[start + at + 2] ?? 0);
        d += (embedding[at + 3] ?? 0) * (numbers[start + at + 3] ?? 0);
      }
      for (let at = whole; at < length; at++) a += (embedding[at] ?? 0) * (numbers[start + at] ?? 0);
      cosines[row] = a + b + c + d;
    }
    return cosines;
  }
}
