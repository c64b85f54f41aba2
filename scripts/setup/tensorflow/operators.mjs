import { integerTensor } from './conversion.mjs';
import { convolve, convolveDepthwise, pool, resizeBilinear } from './spatial-operators.mjs';

/** By the names of TensorFlow, those that occur in the models of the manifest. */
export const operators = {
  Placeholder: (at) => at.onnx.input(at.node.name, (at.attribute('shape').shape?.dim ?? []).map(lengthOf)),
  Identity: (at) => at.input(0),
  Add: (at) => at.onnx.operate('Add', [at.input(0), at.input(1)]),
  MatMul: (at) => at.onnx.operate('MatMul', [at.input(0), at.input(1)]),
  Mul: (at) => at.onnx.operate('Mul', [at.input(0), at.input(1)]),
  Softmax: (at) => at.onnx.operate('Softmax', [at.input(0)], { axis: -1 }),
  LeakyRelu: (at) => at.onnx.operate('LeakyRelu', [at.input(0)], { alpha: { float: at.attribute('alpha').f ?? 0.2 } }),
  Transpose: (at) => at.onnx.operate('Transpose', [at.input(0)], { perm: at.integers(1) }),
  Reshape: (at) => at.onnx.operate('Reshape', [at.input(0), at.input(1)]),
  Relu: (at) => at.onnx.operate('Relu', [at.input(0)]),
  Relu6: (at) => at.onnx.operate('Clip', [at.input(0), scalar(at, 0), scalar(at, 6)]),
  ConcatV2: concatenate,
  Pad: (at) => at.onnx.operate('Pad', [at.input(0), margins(at)]),
  PadV2: (at) => at.onnx.operate('Pad', [at.input(0), margins(at), at.input(2)]),
  Conv2D: convolve,
  DepthwiseConv2dNative: convolveDepthwise,
  MaxPool: pool('MaxPool'),
  AvgPool: pool('AveragePool'),
  ResizeBilinear: resizeBilinear,
};

/** Where a graph takes any number of pictures, Facet gives one. */
const lengthOf = ({ size }) => Math.max(1, Number(size));

/** The last input says along which dimension. */
function concatenate(at) {
  const parts = Number(at.attribute('N').i);
  const [axis = 0] = at.integers(parts);
  const inputs = Array.from({ length: parts }, (_, index) => at.input(index));
  return at.onnx.operate('Concat', inputs, { axis });
}

/** TensorFlow names before and after of each dimension, ONNX all before and then all after. */
function margins(at) {
  const pairs = at.integers(1);
  const [before, after] = [0, 1].map((end) => pairs.filter((_, index) => index % 2 === end));
  return at.onnx.constant(integerTensor([...(before ?? []), ...(after ?? [])]));
}

const scalar = ({ onnx }, value) => onnx.constant({ shape: [], data: Float32Array.of(value) });
