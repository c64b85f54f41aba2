import type { Conversion } from './conversion.js';

/** The third input of an operator into which TensorFlow has fused the addition of one. */
export const bias = (at: Conversion): string[] => (at.texts('fused_ops').includes('BiasAdd') ? [at.input(2)] : []);

/** What TensorFlow has fused into an operator after the bias. */
export function activate(at: Conversion, value: string): string {
  const [activation] = at.texts('fused_ops').filter((name) => name !== 'BiasAdd');
  if (activation === undefined) return value;
  if (activation === 'Relu') return at.onnx.operate('Relu', [value]);
  if (activation !== 'Relu6') throw new Error(`The activation ${activation} of ${at.node.name} is not known`);
  const [least, most] = [0, 6].map((limit) => at.onnx.constant({ shape: [], data: Float32Array.of(limit) }));
  return at.onnx.operate('Clip', [value, least ?? '', most ?? '']);
}
