/** Layers of Keras that keep the places of a picture. */
export const spatialLayers = {
  InputLayer: ({ name, config }) => ({
    nodes: [{ name, op: 'Placeholder', attr: { shape: { shape: { dim: inputShape(config) } } } }],
  }),
  ZeroPadding2D: ({ name, config }, [input = '']) => {
    const margins = [[0, 0], ...config.padding, [0, 0]].flat();
    return {
      nodes: [{ name, op: 'Pad', input: [input, `${name}/margins`] }],
      weights: { [`${name}/margins`]: { shape: [4, 2], data: BigInt64Array.from(margins, BigInt) } },
    };
  },
  Conv2D: (layer, input) => convolution('Conv2D', 'kernel', layer, input),
  DepthwiseConv2D: (layer, input) => convolution('DepthwiseConv2dNative', 'depthwise_kernel', layer, input),
  ReLU: ({ name, config }, input) => {
    if (config.max_value !== 6) throw new Error(`${name} ends at ${String(config.max_value)}`);
    return { nodes: [{ name, op: 'Relu6', input }] };
  },
  Add: ({ name }, input) => {
    if (input.length !== 2) throw new Error(`${name} adds ${input.length} inputs`);
    return { nodes: [{ name, op: 'Add', input }] };
  },
  AveragePooling2D: ({ name, config }, input) => ({
    nodes: [{ name, op: 'AvgPool', input, attr: { ...moves(config), ksize: window(config.pool_size) } }],
  }),
  Flatten: ({ name }, [input = '']) => ({
    nodes: [{ name, op: 'Reshape', input: [input, `${name}/shape`] }],
    weights: { [`${name}/shape`]: { shape: [2], data: BigInt64Array.of(1n, -1n) } },
  }),
};

const inputShape = ({ batch_input_shape: shape }) => shape.map((length) => ({ size: length ?? -1 }));

function convolution(op, kernel, { name, config }, input) {
  if (config.use_bias !== false || config.activation !== 'linear')
    throw new Error(`${name} does more than to convolve`);
  const attr = { ...moves(config), dilations: window(config.dilation_rate) };
  return { nodes: [{ name, op, input: [...input, `${name}/${kernel}`], attr }] };
}

const moves = ({ padding, strides }) => ({
  padding: { s: Buffer.from(String(padding).toUpperCase()).toString('base64') },
  strides: window(strides),
});

/** Along pictures, rows, columns and channels. */
const window = (size) => ({ list: { i: [1, ...size, 1] } });
