import { OnnxGraph } from '../onnx/onnx-graph.js';
import { Conversion } from './conversion.js';
import type { GraphModel } from './graph-model.js';
import { operators } from './operators.js';

/**
 * A graph of TensorFlow.js as an ONNX model, so that one engine runs every model. Inputs and outputs keep their names,
 * shapes and layouts; the engine's own optimizer takes out the turns between layouts that this leaves inside.
 *
 * @param outputs names of the nodes to end with; what only comes after them is left out
 * @throws Error at an operator that is not known here
 */
export function toOnnx({ nodes, weights }: GraphModel, outputs: readonly string[]): Buffer {
  const onnx = new OnnxGraph();
  const values = new Map<string, string>();
  const convert = (name: string): string => {
    const constant = weights.get(name);
    if (constant) return onnx.constant(constant);
    const node = nodes.get(name);
    const operator = node && operators[node.op];
    if (!operator) throw new Error(`${name} is computed by ${node?.op ?? 'no node'}, which is not known`);
    return operator(new Conversion(node, onnx, weights, { of }));
  };
  const of = (name: string): string => {
    const value = values.get(name) ?? convert(name);
    values.set(name, value);
    return value;
  };
  for (const name of outputs) onnx.output(name, of(name));
  return onnx.model();
}
