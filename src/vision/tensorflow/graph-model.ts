import type { Tensor } from '../onnx/onnx-graph.js';
import { type WeightDescription, weightsOf } from './weights.js';

/** The value of an attribute of a node: a protocol buffer as JSON, integers as text, texts in base64. */
export interface AttributeValue {
  readonly i?: string | number;
  readonly f?: number;
  readonly b?: boolean;
  readonly s?: string;
  readonly list?: { readonly i?: readonly (string | number)[] };
  readonly shape?: { readonly dim?: readonly { readonly size: string | number }[] };
}

export interface GraphNode {
  readonly name: string;
  readonly op: string;
  /** Names of other nodes, with `:n` for the n-th result of those that have more than one. */
  readonly input?: readonly string[];
  readonly attr?: Readonly<Record<string, AttributeValue>>;
}

/** What a model.json of TensorFlow.js says. */
export interface GraphModelJson {
  readonly modelTopology: { readonly node: readonly GraphNode[] };
  readonly weightsManifest: readonly { readonly weights: readonly WeightDescription[] }[];
}

/** A graph of TensorFlow.js: what is computed, in terms of named nodes, and the constants in it. */
export interface GraphModel {
  readonly nodes: ReadonlyMap<string, GraphNode>;
  readonly weights: ReadonlyMap<string, Tensor>;
}

/** @param binary the weights, one after the other in the order in which the JSON describes them */
export function graphModel({ modelTopology, weightsManifest }: GraphModelJson, binary: Buffer): GraphModel {
  return {
    nodes: new Map(modelTopology.node.map((node) => [node.name, node])),
    weights: weightsOf(
      weightsManifest.flatMap(({ weights }) => weights),
      binary,
    ),
  };
}
