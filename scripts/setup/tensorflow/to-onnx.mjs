import { OnnxGraph } from '../onnx/onnx-graph.mjs';
import { Conversion } from './conversion.mjs';
import { operators } from './operators.mjs';

/**
 * A graph of TensorFlow.js as an ONNX model, so that one engine runs every model. Inputs and outputs keep their names,
 * shapes and layouts; the engine's own optimizer takes out the turns between layouts that this leaves inside.
 *
 * @param outputs names of the nodes to end with; what only comes after them is left out
 * @throws Error at an operator that is not known here
 */
export function toOnnx({ nodes, weights }, outputs) {
  const onnx = new OnnxGraph();
  const values = new Map();
  const convert = (name) => {
    const constant = weights.get(name);
    if (constant) return onnx.constant(constant);
    const node = nodes.get(name);
    const operator = node && operators[node.op];
    if (!operator) throw new Error(`${name} is computed by ${node?.op ?? 'no node'}, which is not known`);
    return operator(new Conversion(node, onnx, weights, { of }));
  };
  const of = (name) => {
    const value = values.get(name) ?? convert(name);
    values.set(name, value);
    return value;
  };
  for (const name of outputs) onnx.output(name, of(name));
  return onnx.model();
}
