import type { OnnxGraph, Tensor } from '../onnx/onnx-graph.js';
import type { AttributeValue, GraphNode } from './graph-model.js';

/** One node of TensorFlow on its way into an ONNX graph. */
export class Conversion {
  constructor(
    readonly node: GraphNode,
    readonly onnx: OnnxGraph,
    private readonly weights: ReadonlyMap<string, Tensor>,
    private readonly values: { of(name: string): string },
  ) {}

  /** The ONNX value of an input. */
  input(index: number): string {
    return this.values.of(this.inputName(index));
  }

  /** An input that is a constant, for what ONNX wants to know beforehand or in another order. */
  constant(index: number): Tensor {
    const constant = this.weights.get(this.inputName(index));
    if (!constant) throw new Error(`Input ${index} of ${this.node.name} is not a constant`);
    return constant;
  }

  /** Whole numbers of an input that is a constant. */
  integers(index: number): number[] {
    return Array.from(this.constant(index).data, Number);
  }

  attribute(name: string): AttributeValue {
    return this.node.attr?.[name] ?? {};
  }

  /** Whole numbers of an attribute that is a list. */
  list(name: string): number[] {
    return (this.attribute(name).list?.i ?? []).map(Number);
  }

  text(name: string): string {
    return Buffer.from(this.attribute(name).s ?? '', 'base64').toString();
  }

  private inputName(index: number): string {
    const name = this.node.input?.[index];
    if (name === undefined) throw new Error(`${this.node.name} has no input ${index}`);
    return name;
  }
}

/** Whole numbers as ONNX takes them. */
export const integerTensor = (numbers: readonly number[]): Tensor => ({
  shape: [numbers.length],
  data: BigInt64Array.from(numbers, BigInt),
});
