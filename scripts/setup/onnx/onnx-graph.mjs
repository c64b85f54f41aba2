import { bytes, float, integer } from './protobuf.mjs';

/** Numbers of field and type of the messages of onnx.proto3, IR version 8. */
const IR_VERSION = 8;
const OPERATOR_SET = 18;
const TYPE = { float32: 1, int64: 7 };
const ATTRIBUTE = { float: 1, integer: 2, text: 3, integers: 7 };

/** An ONNX model while it is put together; values are known by the names under which they were added. */
export class OnnxGraph {
  fields = [];
  count = 0;

  input(name, shape) {
    this.fields.push(bytes(11, valueInfo(name, shape)));
    return name;
  }

  constant({ shape, data }) {
    const name = this.nextName();
    const type = data instanceof Float32Array ? TYPE.float32 : TYPE.int64;
    const raw = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    const dimensions = shape.map((length) => integer(1, length));
    this.fields.push(bytes(5, Buffer.concat([...dimensions, integer(2, type), bytes(8, name), bytes(9, raw)])));
    return name;
  }

  /** @returns the name of the result of an operator of the standard set */
  operate(operator, inputs, attributes = {}) {
    const result = this.nextName();
    const parts = [
      ...inputs.map((name) => bytes(1, name)),
      bytes(2, result),
      bytes(4, operator),
      ...Object.entries(attributes).map(([name, value]) => bytes(5, attribute(name, value))),
    ];
    this.fields.push(bytes(1, Buffer.concat(parts)));
    return result;
  }

  output(name, value) {
    this.fields.push(bytes(1, Buffer.concat([bytes(1, value), bytes(2, name), bytes(4, 'Identity')])));
    this.fields.push(bytes(12, valueInfo(name)));
  }

  /** The model as a file. */
  model() {
    const operators = Buffer.concat([bytes(1, ''), integer(2, OPERATOR_SET)]);
    const graph = Buffer.concat([...this.fields, bytes(2, 'graph')]);
    return Buffer.concat([integer(1, IR_VERSION), bytes(8, operators), bytes(7, graph)]);
  }

  nextName() {
    return `v${this.count++}`;
  }
}

function valueInfo(name, shape) {
  const dimensions = shape?.map((length) => bytes(1, integer(1, length)));
  const tensor = Buffer.concat([
    integer(1, TYPE.float32),
    ...(dimensions ? [bytes(2, Buffer.concat(dimensions))] : []),
  ]);
  return Buffer.concat([bytes(1, name), bytes(2, bytes(1, tensor))]);
}

function attribute(name, value) {
  const [type, content] = typed(value);
  return Buffer.concat([bytes(1, name), content, integer(20, type)]);
}

function typed(value) {
  if (typeof value === 'number') return [ATTRIBUTE.integer, integer(3, value)];
  if (typeof value === 'string') return [ATTRIBUTE.text, bytes(4, value)];
  if ('float' in value) return [ATTRIBUTE.float, float(2, value.float)];
  return [ATTRIBUTE.integers, Buffer.concat(value.map((item) => integer(8, item)))];
}
