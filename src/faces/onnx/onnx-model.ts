/**
 * Writes ONNX files: as much of the format's protobuf as the converted nets need.
 * Field numbers: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
 */

/** Constants of a graph, row by row. */
export interface Constant {
  readonly shape: readonly number[];
  readonly data: Float32Array | BigInt64Array;
}

export type Attribute = number | string | readonly number[];

export interface GraphNode {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Whole numbers are written as INT, others as FLOAT; `alpha` and `beta` are always FLOAT, lists always INTS. */
  readonly attributes: Readonly<Record<string, Attribute>>;
}

export interface GraphValue {
  readonly name: string;
  /** A string names a dimension that is known at run time only. */
  readonly shape: readonly (number | string)[];
}

export interface Graph {
  readonly name: string;
  readonly inputs: readonly GraphValue[];
  readonly outputs: readonly GraphValue[];
  readonly nodes: readonly GraphNode[];
  readonly constants: ReadonlyMap<string, Constant>;
}

const IR_VERSION = 8;
export const OPSET = 17;
const FLOAT = 1;
const INT64 = 7;
const ATTRIBUTE_TYPE = { float: 1, int: 2, string: 3, ints: 7 } as const;
const ALWAYS_FLOAT: readonly string[] = ['alpha', 'beta'];

/** The bytes of an ONNX file with this one graph. */
export function encodeModel(graph: Graph): Buffer {
  return Buffer.concat([
    varintField(1, IR_VERSION),
    textField(2, 'xuejian'),
    bytesField(8, varintField(2, OPSET)),
    bytesField(7, encodeGraph(graph)),
  ]);
}

function encodeGraph({ name, inputs, outputs, nodes, constants }: Graph): Buffer {
  return Buffer.concat([
    ...nodes.map((node) => bytesField(1, encodeNode(node))),
    textField(2, name),
    ...[...constants].map(([constantName, constant]) => bytesField(5, encodeConstant(constantName, constant))),
    ...inputs.map((value) => bytesField(11, encodeValue(value))),
    ...outputs.map((value) => bytesField(12, encodeValue(value))),
  ]);
}

function encodeNode({ op, inputs, outputs, attributes }: GraphNode): Buffer {
  return Buffer.concat([
    ...inputs.map((name) => textField(1, name)),
    ...outputs.map((name) => textField(2, name)),
    textField(4, op),
    ...Object.entries(attributes).map(([name, value]) => bytesField(5, encodeAttribute(name, value))),
  ]);
}

function encodeAttribute(name: string, value: Attribute): Buffer {
  if (typeof value === 'string') return Buffer.concat([textField(1, name), textField(4, value), varintField(20, ATTRIBUTE_TYPE.string)]);
  if (typeof value !== 'number') {
    return Buffer.concat([textField(1, name), ...value.map((item) => varintField(8, item)), varintField(20, ATTRIBUTE_TYPE.ints)]);
  }
  if (Number.isInteger(value) && !ALWAYS_FLOAT.includes(name)) {
    return Buffer.concat([textField(1, name), varintField(3, value), varintField(20, ATTRIBUTE_TYPE.int)]);
  }
  const float = Buffer.alloc(4);
  float.writeFloatLE(value);
  return Buffer.concat([textField(1, name), tag(2, 5), float, varintField(20, ATTRIBUTE_TYPE.float)]);
}

function encodeConstant(name: string, { shape, data }: Constant): Buffer {
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  return Buffer.concat([
    ...shape.map((size) => varintField(1, size)),
    varintField(2, data instanceof Float32Array ? FLOAT : INT64),
    textField(8, name),
    bytesField(9, bytes),
  ]);
}

function encodeValue({ name, shape }: GraphValue): Buffer {
  const dimensions = shape.map((size) => bytesField(1, typeof size === 'number' ? varintField(1, size) : textField(2, size)));
  const tensor = Buffer.concat([varintField(1, FLOAT), bytesField(2, Buffer.concat(dimensions))]);
  return Buffer.concat([textField(1, name), bytesField(2, bytesField(1, tensor))]);
}

const tag = (field: number, wire: number): Buffer => varint(BigInt(field * 8 + wire));
const varintField = (field: number, value: number): Buffer => Buffer.concat([tag(field, 0), varint(BigInt.asUintN(64, BigInt(value)))]);
const textField = (field: number, text: string): Buffer => bytesField(field, Buffer.from(text, 'utf8'));
const bytesField = (field: number, bytes: Buffer): Buffer => Buffer.concat([tag(field, 2), varint(BigInt(bytes.length)), bytes]);

function varint(value: bigint): Buffer {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 128n) {
    bytes.push(Number(rest % 128n) + 128);
    rest /= 128n;
  }
  bytes.push(Number(rest));
  return Buffer.from(bytes);
}
