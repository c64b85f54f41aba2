import { dense, normalization } from './dense-layers.mjs';
import { spatialLayers } from './spatial-layers.mjs';
import { weightsOf } from './weights.mjs';

const readers = {
  ...spatialLayers,
  BatchNormalization: normalization,
  Dense: dense,
  // Dropout is for training.
  Dropout: ({ name }, input) => ({ nodes: [{ name, op: 'Identity', input }] }),
};

/**
 * A network of Keras layers as a graph like those that TensorFlow.js converts from TensorFlow.
 *
 * @throws Error at a layer that is not known here
 */
export function layersModel({ modelTopology, weightsManifest }, binary) {
  const described = weightsManifest.flatMap(({ weights }) => weights);
  const weights = weightsOf(described, binary);
  const nodes = new Map();
  for (const layer of modelTopology.model_config.config.layers) {
    const read = readers[layer.class_name];
    if (!read) throw new Error(`${layer.name} is a ${layer.class_name}, which is not known`);
    const [inputs = []] = layer.inbound_nodes;
    const graph = read(
      layer,
      inputs.map(([name]) => name),
      weights,
    );
    for (const node of graph.nodes) nodes.set(node.name, node);
    for (const [name, weight] of Object.entries(graph.weights ?? {})) weights.set(name, weight);
  }
  return { nodes, weights };
}
