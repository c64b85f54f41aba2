import { integerTensor } from './conversion.mjs';

/** Dimensions of a picture: TensorFlow goes by rows, columns, channels, and ONNX by channels, rows, columns. */
const TO_CHANNELS_FIRST = { perm: [0, 3, 1, 2] };
const TO_CHANNELS_LAST = { perm: [0, 2, 3, 1] };

/** Convolutions of all channels together. */
export function convolve(at) {
  const kernel = at.onnx.constant(channelsFirst(at.constant(1)));
  return inChannelsFirst(at, (picture) => at.onnx.operate('Conv', [picture, kernel], windowMoves(at)));
}

/** Convolutions of each channel with a kernel of its own. */
export function convolveDepthwise(at) {
  const weights = at.constant(1);
  const [, , channels = 1, multiplier = 1] = weights.shape;
  const { data, shape } = channelsFirst(weights);
  // From [multiplier, channels, …] to [channels × multiplier, 1, …], which is the same order for one kernel a channel.
  if (multiplier !== 1) throw new Error(`${at.node.name} has ${multiplier} kernels a channel`);
  const kernel = at.onnx.constant({ data, shape: [channels, 1, ...shape.slice(2)] });
  return inChannelsFirst(at, (picture) =>
    at.onnx.operate('Conv', [picture, kernel], { ...windowMoves(at), group: channels }),
  );
}

export const pool = (operator) => (at) =>
  inChannelsFirst(at, (picture) =>
    at.onnx.operate(operator, [picture], { ...windowMoves(at), kernel_shape: at.list('ksize').slice(1, 3) }),
  );

/** To a fixed number of rows and columns, by bilinear interpolation between the middles of pixels. */
export function resizeBilinear(at) {
  if (!at.attribute('half_pixel_centers').b) throw new Error(`${at.node.name} does not go by the middles of pixels`);
  const sizes = at.onnx.constant(integerTensor(at.integers(1)));
  return inChannelsFirst(at, (picture) =>
    at.onnx.operate('Resize', [picture, '', '', sizes], { mode: 'linear', axes: [2, 3] }),
  );
}

function inChannelsFirst(at, operate) {
  const turned = at.onnx.operate('Transpose', [at.input(0)], TO_CHANNELS_FIRST);
  return at.onnx.operate('Transpose', [operate(turned)], TO_CHANNELS_LAST);
}

/** How a window goes over a picture. */
function windowMoves(at) {
  const dilations = at.list('dilations').slice(1, 3);
  return {
    // Of an odd number of pixels to add, the one more goes to the lower right in both.
    auto_pad: at.text('padding') === 'SAME' ? 'SAME_UPPER' : 'VALID',
    strides: at.list('strides').slice(1, 3),
    ...(dilations.length > 0 ? { dilations } : {}),
  };
}

/** A kernel of rows, columns, inputs, outputs as one of outputs, inputs, rows, columns. */
function channelsFirst({ shape: [rows = 1, columns = 1, inputs = 1, outputs = 1], data }) {
  if (!(data instanceof Float32Array)) throw new Error('A kernel is made of fractions');
  const turned = new Float32Array(data.length);
  const places = rows * columns;
  for (let place = 0, from = 0; place < places; place++)
    for (let input = 0; input < inputs; input++)
      for (let output = 0; output < outputs; output++, from++)
        turned[(output * inputs + input) * places + place] = data[from] ?? 0;
  return { shape: [outputs, inputs, rows, columns], data: turned };
}
