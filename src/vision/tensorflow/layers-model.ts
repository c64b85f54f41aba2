import { dense, normalization } from './dense-layers.js';
import { spatialLayers } from './spatial-layers.js';
import { type WeightDescription, weightsOf } from './weights.js';
import type { GraphModel, GraphNode } from './graph-model.js';
import type { Layer, LayerReader } from './layer.js';

/** What a model.json of TensorFlow.js says of a model that was made with Keras. */
export interface LayersModelJson {
  readonly modelTopology: { readonly model_config: { readonly config: { readonly layers: readonly Layer[] } } };
  readonly weightsManifest: readonly { readonly weights: readonly WeightDescription[] }[];
}

const readers: Readonly<Record<string, LayerReader>> = {
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
export function layersModel({ modelTopology, weightsManifest }: LayersModelJson, binary: Buffer): GraphModel {
  const described = weightsManifest.flatMap(({ weights }) => weights);
  const weights = weightsOf(described, binary);
  const nodes = new Map<string, GraphNode>();
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
