import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';

/** A stored tensor, dequantised. */
export interface Weights {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

const weightSchema = z.object({
  name: z.string(),
  shape: z.array(z.int().min(0)),
  dtype: z.enum(['float32', 'int32']),
  quantization: z
    .union([z.object({ dtype: z.literal('uint8'), scale: z.number(), min: z.number() }), z.object({ dtype: z.literal('float16') })])
    .optional(),
});

/** The list of weights as tfjs stores it, beside or inside a model's JSON. */
export const manifestSchema = z.array(z.object({ paths: z.array(z.string()), weights: z.array(weightSchema) }));

type StoredWeights = z.infer<typeof weightSchema>;

/**
 * Reads the weights of a tfjs manifest by name. Whole numbers (shapes, axes) come as floats too.
 * @throws Error when a file is missing or shorter than its manifest says.
 */
export async function readWeights(manifestFile: string, manifest: z.infer<typeof manifestSchema>): Promise<ReadonlyMap<string, Weights>> {
  const weights = new Map<string, Weights>();
  for (const group of manifest) {
    const files = await Promise.all(group.paths.map((path) => readFile(join(dirname(manifestFile), path))));
    const bytes = Buffer.concat(files);
    let at = 0;
    for (const stored of group.weights) {
      const count = stored.shape.reduce((product, size) => product * size, 1);
      const size = count * bytesPerItem(stored);
      if (at + size > bytes.length) throw new Error(`${manifestFile}: the weights end before ${stored.name}`);
      weights.set(stored.name, { shape: stored.shape, data: decode(bytes.subarray(at, at + size), stored) });
      at += size;
    }
  }
  return weights;
}

function bytesPerItem({ quantization }: StoredWeights): number {
  if (quantization === undefined) return 4;
  return quantization.dtype === 'uint8' ? 1 : 2;
}

function decode(bytes: Buffer, { dtype, quantization }: StoredWeights): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (quantization === undefined) {
    return Float32Array.from({ length: bytes.length / 4 }, (_, index) => (dtype === 'int32' ? view.getInt32(index * 4, true) : view.getFloat32(index * 4, true)));
  }
  if (quantization.dtype === 'float16') return Float32Array.from({ length: bytes.length / 2 }, (_, index) => halfToFloat(view.getUint16(index * 2, true)));
  const { scale, min } = quantization;
  return Float32Array.from(bytes, (value) => value * scale + min);
}

/** IEEE 754 half precision. */
function halfToFloat(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
