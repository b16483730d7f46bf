import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { GraphBuilder } from './graph-builder.js';
import { manifestSchema, readWeights, type Weights } from './tfjs-weights.js';

const attributeSchema = z.object({
  s: z.string().optional(),
  list: z.object({ i: z.array(z.union([z.string(), z.number()])).optional(), s: z.array(z.string()).optional() }).optional(),
  shape: z.object({ dim: z.array(z.object({ size: z.string() })) }).optional(),
});

const nodeSchema = z.object({
  name: z.string(),
  op: z.string(),
  input: z.array(z.string()).optional(),
  attr: z.record(z.string(), attributeSchema).optional(),
});

const modelSchema = z.object({ modelTopology: z.object({ node: z.array(nodeSchema) }), weightsManifest: manifestSchema });

type TfjsNode = z.infer<typeof nodeSchema>;

/** A tensor on its way: its ONNX name, and whether it has rows and columns (then channels come second). */
interface Value {
  readonly name: string;
  readonly isImage: boolean;
}

/**
 * Converts a tfjs graph model (the ops of the face nets in `@vladmandic/human`) to ONNX. Input `image`: batch × 3 × side × side;
 * `inputPx` takes the place of the side that the file states. Outputs are named as given, in the layout of tfjs: name in ONNX → node of the model and its shape.
 * @throws Error naming an op or an option that is not known.
 */
export async function convertTfjsGraph(
  file: string,
  name: string,
  outputs: Readonly<Record<string, { readonly node: string; readonly shape: readonly (number | string)[] }>>,
  inputPx?: number,
): Promise<Buffer> {
  const { modelTopology, weightsManifest } = modelSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  const weights = await readWeights(file, weightsManifest);
  return new Conversion(name, modelTopology.node, weights, inputPx).run(outputs);
}

class Conversion {
  private readonly net: GraphBuilder;
  private readonly nodes: ReadonlyMap<string, TfjsNode>;
  private readonly done = new Map<string, Value>();

  constructor(
    name: string,
    nodes: readonly TfjsNode[],
    private readonly weights: ReadonlyMap<string, Weights>,
    private readonly inputPx: number | undefined,
  ) {
    this.net = new GraphBuilder(name);
    this.nodes = new Map(nodes.map((node) => [node.name, node]));
  }

  run(outputs: Parameters<typeof convertTfjsGraph>[2]): Buffer {
    for (const [name, { node, shape }] of Object.entries(outputs)) this.net.output(name, this.asInTfjs(this.value(node)), shape);
    return this.net.encode();
  }

  private value(name: string): Value {
    const known = this.done.get(name);
    if (known !== undefined) return known;
    const node = this.nodes.get(name);
    if (node === undefined) throw new Error(`no node named ${name}`);
    const value = this.convert(node);
    this.done.set(name, value);
    return value;
  }

  private convert(node: TfjsNode): Value {
    const { net } = this;
    const [first = '', second = ''] = node.input ?? [];
    switch (node.op) {
      case 'Placeholder': {
        const side = this.inputPx ?? Number(node.attr?.['shape']?.shape?.dim[1]?.size);
        return image(net.input('image', ['batch', 3, side, side]));
      }
      case 'Identity':
        return this.value(first);
      case '_FusedConv2D':
        return image(this.fused(net.convolution(this.value(first).name, { filters: this.weight(second), bias: this.weight(node.input?.[2]).data, ...window(node, 'strides') }), node));
      case 'Conv2D':
        return image(net.convolution(this.value(first).name, { filters: this.weight(second), ...window(node, 'strides') }));
      case 'DepthwiseConv2dNative':
        return image(net.convolution(this.value(first).name, { filters: this.weight(second), ...window(node, 'strides'), isDepthwise: true }));
      case 'MaxPool': {
        const { stride, padding } = window(node, 'strides');
        return image(net.pool('MaxPool', this.value(first).name, window(node, 'ksize').stride, stride, padding));
      }
      case '_FusedMatMul': {
        const { shape, data } = this.weight(second);
        const bias = this.weight(node.input?.[2]);
        return flat(this.fused(net.node('Gemm', [this.value(first).name, net.floats(shape, data), net.floats(bias.shape, bias.data)]), node));
      }
      case 'Prelu':
        return image(this.prelu(this.value(first).name, second));
      case 'Maximum':
        return this.clipped(node);
      case 'Mean':
        if ([...this.weight(second).data].join() !== '1,2') throw new Error(`${node.name}: only rows and columns can be averaged`);
        return flat(net.node('Flatten', [net.node('GlobalAveragePool', [this.value(first).name])]));
      case 'Relu':
      case 'Sigmoid': {
        const from = this.value(first);
        return { ...from, name: net.node(node.op, [from.name]) };
      }
      case 'Softmax':
        return flat(net.node('Softmax', [this.value(first).name], { axis: -1 }));
      case 'Add':
      case 'AddV2':
      case 'Mul':
        return this.arithmetic(node.op === 'Mul' ? 'Mul' : 'Add', this.value(first), second);
      case 'Pad': {
        const after = [...this.weight(second).data].filter((_, index) => index % 2 === 1);
        const [batch = 0, rows = 0, columns = 0, channels = 0] = after;
        return image(net.padded(this.value(first).name, [batch, channels, rows, columns]));
      }
      case 'ConcatV2': {
        const parts = (node.input ?? []).slice(0, -1).map((name) => this.value(name).name);
        if (![3, -1].includes(this.weight(node.input?.at(-1)).data[0] ?? 0)) throw new Error(`${node.name}: only channels can be joined`);
        return image(net.node('Concat', parts, { axis: 1 }));
      }
      case 'Reshape':
        return flat(net.node('Reshape', [this.asInTfjs(this.value(first)), net.integers([...this.weight(second).data])]));
      default:
        throw new Error(`${node.name}: the op ${node.op} is not known`);
    }
  }

  /** What a fused op does after its bias. */
  private fused(name: string, node: TfjsNode): string {
    const [bias, activation, ...rest] = (node.attr?.['fused_ops']?.list?.s ?? []).map(text);
    if (bias !== 'BiasAdd' || rest.length > 0) throw new Error(`${node.name}: fused ops are not known`);
    if (activation === undefined) return name;
    if (activation === 'Relu') return this.net.node('Relu', [name]);
    if (activation === 'Prelu') return this.prelu(name, node.input?.[3]);
    throw new Error(`${node.name}: the activation ${activation} is not known`);
  }

  /**
   * `a·x + (1 − a)·max(0, x)`, as convolutions of one pixel: onnxruntime keeps its blocked layout through them, and not
   * through its own PRelu, which makes these nets take twice as long.
   */
  private prelu(name: string, slopes: string | undefined): string {
    const { data } = this.weight(slopes);
    const scaled = (from: string, factors: Float32Array): string =>
      this.net.convolution(from, { filters: { shape: [1, 1, factors.length, 1], data: factors }, padding: 'VALID', isDepthwise: true });
    return this.net.node('Add', [scaled(name, data), scaled(this.net.node('Relu', [name]), data.map((slope) => 1 - slope))]);
  }

  /** `max(min(x, high), low)` as one op, which onnxruntime joins with the convolution before it. */
  private clipped(node: TfjsNode): Value {
    const [inner = '', least] = node.input ?? [];
    const minimum = this.nodes.get(inner);
    if (minimum?.op !== 'Minimum') throw new Error(`${node.name}: only a maximum of a minimum is known`);
    const [from = '', most] = minimum.input ?? [];
    const [low, high] = [least, most].map((name) => this.weight(name).data[0]!);
    const rectified = this.nodes.get(from);
    const source = this.value(rectified?.op === 'Relu' && low! >= 0 ? (rectified.input?.[0] ?? '') : from);
    return { ...source, name: this.net.node('Clip', [source.name, this.net.scalar(low!), this.net.scalar(high!)]) };
  }

  private arithmetic(op: 'Add' | 'Mul', from: Value, other: string): Value {
    const constant = this.weights.get(other);
    if (constant === undefined) return { ...from, name: this.net.node(op, [from.name, this.value(other).name]) };
    const shape = from.isImage ? [constant.data.length, 1, 1] : [constant.data.length];
    return { ...from, name: this.net.node(op, [from.name, this.net.floats(shape, constant.data)]) };
  }

  private asInTfjs({ name, isImage }: Value): string {
    return isImage ? this.net.channelsLast(name) : name;
  }

  private weight(name: string | undefined): Weights {
    const found = this.weights.get(name ?? '');
    if (found === undefined) throw new Error(`no weights named ${name}`);
    return found;
  }
}

const image = (name: string): Value => ({ name, isImage: true });
const flat = (name: string): Value => ({ name, isImage: false });
/** tfjs keeps texts of a model in base64. */
const text = (encoded: string | undefined): string => Buffer.from(encoded ?? '', 'base64').toString('utf8');

function window(node: TfjsNode, attribute: 'strides' | 'ksize'): { readonly stride: number; readonly padding: 'SAME_UPPER' | 'VALID' } {
  const [, rows, columns] = (node.attr?.[attribute]?.list?.i ?? []).map(Number);
  if (rows === undefined || rows !== columns) throw new Error(`${node.name}: only square windows are known`);
  return { stride: rows, padding: text(node.attr?.['padding']?.s) === 'SAME' ? 'SAME_UPPER' : 'VALID' };
}
