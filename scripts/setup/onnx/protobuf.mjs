/**
 * Writes fields of a Protocol Buffers message (encoding: protobuf.dev/programming-guides/encoding), one after the
 * other. A nested message is another buffer of fields.
 */
const VARINT = 0;
const BYTES = 2;
const FIXED_32 = 5;

/** An integer of 64 bits; negative ones in two's complement. */
export const integer = (field, value) => Buffer.concat([key(field, VARINT), varint(BigInt.asUintN(64, BigInt(value)))]);

/** A number of 32 bits. */
export function float(field, value) {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  return Buffer.concat([key(field, FIXED_32), bytes]);
}

/** A text, a nested message, or bytes as they are. */
export function bytes(field, content) {
  const raw = typeof content === 'string' ? Buffer.from(content) : content;
  return Buffer.concat([key(field, BYTES), varint(BigInt(raw.length)), raw]);
}

const key = (field, type) => varint(BigInt((field << 3) | type));

/** Seven bits a byte, the lowest first; the eighth bit says that more follow. */
function varint(value) {
  const digits = [];
  for (let rest = value; ; rest >>= 7n) {
    if (rest < 128n) return Buffer.from([...digits, Number(rest)]);
    digits.push(Number(rest & 127n) | 128);
  }
}
