import { weightsOf } from '../../scripts/setup/tensorflow/weights.mjs';

const description = (
  dtype: string,
  shape: number[],
  quantization?: { dtype: string; scale?: number; min?: number },
) => ({
  name: 'w',
  shape,
  dtype,
  ...(quantization ? { quantization } : {}),
});

const read = (weight: ReturnType<typeof description>, binary: Buffer) => [
  ...weightsOf([weight], binary).get('w')!.data,
];

it('reads numbers of 16 bits as IEEE 754 has them', () => {
  const codes = [0x3c00, 0xc000, 0x3555, 0x7bff, 0x0001, 0x03ff, 0x8000, 0x7c00];
  const values = [1, -2, 0.333251953125, 65_504, 2 ** -24, 1023 * 2 ** -24, -0, Infinity];
  expect(read(description('float32', [8], { dtype: 'float16' }), Buffer.from(Uint16Array.from(codes).buffer))).toEqual(
    values,
  );
});

it('reads numbers of 8 bits on their scale', () => {
  const weight = description('float32', [2, 2], { dtype: 'uint8', scale: 0.5, min: -3 });
  expect(read(weight, Buffer.of(0, 1, 6, 255))).toEqual([-3, -2.5, 0, 124.5]);
});

it('reads whole numbers and fractions as they are, one after the other', () => {
  const binary = Buffer.concat([
    Buffer.of(7),
    Buffer.from(Int32Array.of(-1, 2_000_000_000).buffer),
    Buffer.from(Float32Array.of(0.25).buffer),
  ]);
  const weights = weightsOf(
    [
      { name: 'odd', shape: [1], dtype: 'float32', quantization: { dtype: 'uint8', scale: 1, min: 0 } },
      { name: 'whole', shape: [2], dtype: 'int32' },
      { name: 'scalar', shape: [], dtype: 'float32' },
    ],
    binary,
  );
  expect([...weights.values()].map(({ data }) => [...data])).toEqual([[7], [-1n, 2_000_000_000n], [0.25]]);
});

it.each([
  ['too short', [3], 'float32', 8],
  ['too long', [1], 'float32', 8],
  ['of an unknown kind', [1], 'complex64', 8],
])('refuses weights that are %s', (_, shape, dtype, bytes) => {
  expect(() => weightsOf([description(dtype, shape)], Buffer.alloc(bytes))).toThrow();
});
