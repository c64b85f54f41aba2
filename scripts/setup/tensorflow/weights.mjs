/** Bytes of one number as it is stored. */
const BYTES = { float32: 4, int32: 4, float16: 2, uint8: 1 };

/** @throws Error when the binary is not as long as what is described */
export function weightsOf(descriptions, binary) {
  const weights = new Map();
  let start = 0;
  for (const description of descriptions) {
    const stored = description.quantization?.dtype ?? description.dtype;
    const count = description.shape.reduce((product, length) => product * length, 1);
    const end = start + count * (BYTES[stored] ?? NaN);
    if (!(end <= binary.length)) throw new Error(`${description.name}: ${stored} up to byte ${end}`);
    weights.set(description.name, tensorOf(description, stored, binary.subarray(start, end)));
    start = end;
  }
  if (start !== binary.length) throw new Error(`${binary.length - start} bytes of weights that nothing describes`);
  return weights;
}

function tensorOf({ shape, quantization }, stored, raw) {
  // The slice is aligned as its numbers need it; the file is not.
  const { buffer } = new Uint8Array(raw);
  if (stored === 'int32') return { shape, data: BigInt64Array.from(new Int32Array(buffer), BigInt) };
  if (stored === 'float32') return { shape, data: new Float32Array(buffer) };
  if (stored === 'float16')
    return { shape, data: looked(new Uint16Array(buffer), (halves ??= table(65_536, fromHalf))) };
  const { scale = 1, min = 0 } = quantization ?? {};
  return {
    shape,
    data: looked(
      raw,
      table(256, (level) => level * scale + min),
    ),
  };
}
let halves;

const table = (length, valueOf) => Float32Array.from({ length }, (_, code) => valueOf(code));

/** Millions of codes of few kinds: each is worked out once and then looked up. */
function looked(codes, values) {
  const decoded = new Float32Array(codes.length);
  for (let index = 0; index < codes.length; index++) decoded[index] = values[codes[index] ?? 0] ?? 0;
  return decoded;
}

/** A number of 16 bits by IEEE 754: one of sign, five of exponent, ten of fraction. */
function fromHalf(bits) {
  const sign = bits & 0x8000 ? -1 : 1;
  const [exponent, fraction] = [(bits >> 10) & 31, bits & 1023];
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (exponent ? 2 ** (exponent - 25) * (1024 + fraction) : 2 ** -24 * fraction);
}
