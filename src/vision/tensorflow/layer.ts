import type { GraphNode } from './graph-model.js';
import type { Tensor } from '../onnx/onnx-graph.js';

/** One layer of Keras, as far as it is looked at. */
export interface Layer {
  readonly class_name: string;
  readonly name: string;
  readonly config: Readonly<Record<string, unknown>>;
  /** The first is its only one in a network without shared layers; of each input the first is the name of a layer. */
  readonly inbound_nodes: readonly (readonly (readonly [string, ...unknown[]])[])[];
}

/** A layer as the graph has it: the last of the nodes has the layer's name. */
interface LayerGraph {
  readonly nodes: readonly GraphNode[];
  readonly weights?: Readonly<Record<string, Tensor>>;
}

/** @param weights of all layers, by `<layer>/<name>` */
export type LayerReader = (layer: Layer, inputs: readonly string[], weights: ReadonlyMap<string, Tensor>) => LayerGraph;
