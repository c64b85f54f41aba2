import * as tf from '@tensorflow/tfjs-core';

/**
 * Runs a network of Keras layers with the operators of TensorFlow.js, layer by layer and without any conversion.
 * Answers what each layer puts out.
 */
export function runLayers(json: any, binary: Buffer, input: tf.Tensor): Record<string, tf.Tensor> {
  const weights = storedWeights(json, binary);
  const outputs: Record<string, any> = {};
  for (const { class_name: kind, name, config, inbound_nodes: inbound } of json.modelTopology.model_config.config
    .layers) {
    const inputs = (inbound[0] ?? []).map(([source]: [string]) => outputs[source]);
    outputs[name] = kind === 'InputLayer' ? input : run(kind, config, inputs, (part) => weights[`${name}/${part}`]);
  }
  return outputs;
}

interface StoredWeight {
  readonly name: string;
  readonly shape: number[];
  readonly quantization: { readonly scale: number; readonly min: number };
}

function storedWeights(json: any, binary: Buffer): Record<string, any> {
  let start = 0;
  const entries = json.weightsManifest
    .flatMap((group: any) => group.weights)
    .map((stored: StoredWeight) => {
      const {
        name,
        shape,
        quantization: { scale, min },
      } = stored;
      const count = shape.reduce((product, length) => product * length, 1);
      const levels = [...binary.subarray(start, (start += count))];
      return [
        name,
        tf.tensor(
          levels.map((level) => level * scale + min),
          shape,
        ),
      ];
    });
  return Object.fromEntries(entries);
}

function run(kind: string, config: any, [x, y]: any[], weight: (part: string) => any): tf.Tensor {
  const { padding, strides, activation } = config;
  switch (kind) {
    case 'ZeroPadding2D':
      return tf.pad(x, [[0, 0], ...padding, [0, 0]] as [number, number][]);
    case 'Conv2D':
      return tf.conv2d(x, weight('kernel'), strides, padding);
    case 'DepthwiseConv2D':
      return tf.depthwiseConv2d(x, weight('depthwise_kernel'), strides, padding);
    case 'BatchNormalization': {
      const [mean, variance, beta, gamma] = ['moving_mean', 'moving_variance', 'beta', 'gamma'].map(weight);
      return tf.batchNorm(x, mean, variance, beta, gamma, config.epsilon);
    }
    case 'ReLU':
      return tf.relu6(x);
    case 'Add':
      return tf.add(x, y);
    case 'AveragePooling2D':
      return tf.avgPool(x, config.pool_size, strides, padding);
    case 'Flatten':
      return tf.reshape(x, [1, -1]);
    case 'Dropout':
      return x;
    case 'Dense': {
      const sum = tf.add(tf.matMul(x, weight('kernel')), weight('bias'));
      return activation === 'softmax' ? tf.softmax(sum) : tf.relu(sum);
    }
    default:
      throw new Error(`No layer ${kind} was expected.`);
  }
}
