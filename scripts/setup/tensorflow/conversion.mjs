/** One node of TensorFlow on its way into an ONNX graph. */
export class Conversion {
  node;
  onnx;
  weights;
  values;

  constructor(node, onnx, weights, values) {
    this.node = node;
    this.onnx = onnx;
    this.weights = weights;
    this.values = values;
  }

  /** The ONNX value of an input. */
  input(index) {
    return this.values.of(this.inputName(index));
  }

  /** An input that is a constant, for what ONNX wants to know beforehand or in another order. */
  constant(index) {
    const constant = this.weights.get(this.inputName(index));
    if (!constant) throw new Error(`Input ${index} of ${this.node.name} is not a constant`);
    return constant;
  }

  /** Whole numbers of an input that is a constant. */
  integers(index) {
    return Array.from(this.constant(index).data, Number);
  }

  attribute(name) {
    return this.node.attr?.[name] ?? {};
  }

  /** Whole numbers of an attribute that is a list. */
  list(name) {
    return (this.attribute(name).list?.i ?? []).map(Number);
  }

  text(name) {
    return Buffer.from(this.attribute(name).s ?? '', 'base64').toString();
  }

  inputName(index) {
    const name = this.node.input?.[index];
    if (name === undefined) throw new Error(`${this.node.name} has no input ${index}`);
    return name;
  }
}

/** Whole numbers as ONNX takes them. */
export const integerTensor = (numbers) => ({
  shape: [numbers.length],
  data: BigInt64Array.from(numbers, BigInt),
});
