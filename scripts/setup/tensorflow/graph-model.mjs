import { weightsOf } from './weights.mjs';

/** @param binary the weights, one after the other in the order in which the JSON describes them */
export function graphModel({ modelTopology, weightsManifest }, binary) {
  return {
    nodes: new Map(modelTopology.node.map((node) => [node.name, node])),
    weights: weightsOf(
      weightsManifest.flatMap(({ weights }) => weights),
      binary,
    ),
  };
}
