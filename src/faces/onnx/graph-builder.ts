import { type Attribute, type Constant, encodeModel, type GraphNode, type GraphValue } from './onnx-model.js';
import type { Weights } from './tfjs-weights.js';

export interface Convolution {
  /** Filters as tfjs stores them: height, width, channels in, channels out. */
  readonly filters: Weights;
  readonly bias?: Float32Array;
  readonly stride?: number;
  readonly padding: 'SAME_UPPER' | 'VALID';
  /** One filter for each channel: filters of height, width, channels, 1. */
  readonly isDepthwise?: boolean;
}

/** Collects the nodes of a net whose tensors lie in the order batch, channel, row, column. */
export class GraphBuilder {
  private readonly nodes: GraphNode[] = [];
  private readonly constants = new Map<string, Constant>();
  private readonly inputs: GraphValue[] = [];
  private readonly outputs: GraphValue[] = [];

  constructor(private readonly name: string) {}

  input(name: string, shape: GraphValue['shape']): string {
    this.inputs.push({ name, shape });
    return name;
  }

  output(name: string, from: string, shape: GraphValue['shape']): void {
    this.nodes.push({ op: 'Identity', inputs: [from], outputs: [name], attributes: {} });
    this.outputs.push({ name, shape });
  }

  node(op: string, inputs: readonly string[], attributes: Readonly<Record<string, Attribute>> = {}): string {
    const output = `${op}_${this.nodes.length}`;
    this.nodes.push({ op, inputs, outputs: [output], attributes });
    return output;
  }

  floats(shape: readonly number[], data: Float32Array): string {
    return this.constant({ shape, data });
  }

  scalar(value: number): string {
    return this.floats([], Float32Array.of(value));
  }

  integers(values: readonly number[]): string {
    return this.constant({ shape: [values.length], data: BigInt64Array.from(values, BigInt) });
  }

  convolution(from: string, { filters, bias, stride = 1, padding, isDepthwise = false }: Convolution): string {
    const { shape, data } = isDepthwise ? depthwiseFirst(filters) : outputsFirst(filters);
    const inputs = [from, this.floats(shape, data), ...(bias === undefined ? [] : [this.floats([bias.length], bias)])];
    return this.node('Conv', inputs, {
      kernel_shape: shape.slice(2),
      strides: [stride, stride],
      auto_pad: padding,
      group: isDepthwise ? shape[0]! : 1,
    });
  }

  pool(kind: 'MaxPool' | 'AveragePool', from: string, kernel: number, stride: number, padding: Convolution['padding']): string {
    return this.node(kind, [from], { kernel_shape: [kernel, kernel], strides: [stride, stride], auto_pad: padding });
  }

  /** Zeros added after the given dimensions (batch, channel, row, column). */
  padded(from: string, after: readonly number[]): string {
    return this.node('Pad', [from, this.integers([...after.map(() => 0), ...after])]);
  }

  /** As tfjs lays tensors out: channels last. */
  channelsLast(from: string): string {
    return this.node('Transpose', [from], { perm: [0, 2, 3, 1] });
  }

  encode(): Buffer {
    return encodeModel({ name: this.name, inputs: this.inputs, outputs: this.outputs, nodes: this.nodes, constants: this.constants });
  }

  private constant(constant: Constant): string {
    const name = `constant_${this.constants.size}`;
    this.constants.set(name, constant);
    return name;
  }
}

/** Height, width, in, out → out, in, height, width. */
function outputsFirst({ shape, data }: Weights): Weights {
  const [height, width, ins, outs] = shape as readonly [number, number, number, number];
  const turned = new Float32Array(data.length);
  for (let at = 0; at < height * width; at += 1) {
    for (let from = 0; from < ins; from += 1) {
      for (let to = 0; to < outs; to += 1) turned[(to * ins + from) * height * width + at] = data[(at * ins + from) * outs + to]!;
    }
  }
  return { shape: [outs, ins, height, width], data: turned };
}

/** Height, width, channels, 1 → channels, 1, height, width. */
function depthwiseFirst({ shape, data }: Weights): Weights {
  const [height, width, channels, multiplier] = shape as readonly [number, number, number, number];
  if (multiplier !== 1) throw new Error(`depthwise filters with ${multiplier} outputs for each channel are not known`);
  const turned = new Float32Array(data.length);
  for (let at = 0; at < height * width; at += 1) {
    for (let channel = 0; channel < channels; channel += 1) turned[channel * height * width + at] = data[at * channels + channel]!;
  }
  return { shape: [channels, 1, height, width], data: turned };
}
