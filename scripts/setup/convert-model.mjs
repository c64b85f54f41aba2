// Makes ONNX models of models that are published for TensorFlow.js, so that one engine runs every model.
import { graphModel } from './tensorflow/graph-model.mjs';
import { layersModel } from './tensorflow/layers-model.mjs';
import { packedLiteral } from './tensorflow/packed-literal.mjs';
import { toOnnx } from './tensorflow/to-onnx.mjs';

/** Readers by format: `tfjs-graph` is JSON and a binary, `tfjs-layers-scripts` the scripts in which nsfwjs packs them. */
const formats = {
  'tfjs-graph': ([json, weights]) => graphModel(JSON.parse(json.toString()), weights),
  'tfjs-layers-scripts': (scripts) => {
    const [topology, ...shards] = scripts.map((script) => packedLiteral(script.toString()));
    return layersModel(topology, Buffer.concat(shards.map((shard) => Buffer.from(shard, 'base64'))));
  },
};

/**
 * Returns the bytes of the ONNX model. The same input makes the same bytes on every machine.
 *
 * @param source format and outputs, as the manifest of the models names them
 * @param files bytes of the files of the source, in the order of the manifest
 * @throws Error when a file holds something else
 */
export function convertModel({ format, outputs }, files) {
  const read = formats[format];
  if (!read) throw new Error(`${format} is not a format that can be converted`);
  return toOnnx(read(files), outputs);
}
