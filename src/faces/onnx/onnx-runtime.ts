import { createRequire } from 'node:module';
import type { ModelStore, NetName } from './model-store.js';

/** The little of onnxruntime-node that is used here; it is loaded on demand, since not every machine can. */
interface OrtTensor {
  readonly data: Float32Array;
}
interface OrtSession {
  run(feeds: Readonly<Record<string, OrtTensor>>): Promise<Readonly<Record<string, OrtTensor>>>;
  release(): Promise<void>;
}
interface Ort {
  readonly Tensor: new (type: 'float32', data: Float32Array, shape: readonly number[]) => OrtTensor;
  readonly InferenceSession: { create(model: Uint8Array, options: Readonly<Record<string, unknown>>): Promise<OrtSession> };
}

const OPTIONS = {
  executionProviders: ['cpu'],
  // Work is spread over processes: threads inside a net only fight the other processes for the same cores.
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  executionMode: 'sequential',
  graphOptimizationLevel: 'all',
} as const;

const require = createRequire(import.meta.url);

/** Version of the runtime, without loading its native part. */
export function onnxRuntimeVersion(): string {
  return String((require('onnxruntime-node/package.json') as { readonly version: string }).version);
}

/** One net, loaded; it computes on the thread that calls. */
export class OnnxNet {
  private constructor(
    private readonly ort: Ort,
    private readonly session: OrtSession,
  ) {}

  /** @throws Error when the native library cannot be loaded here. */
  static async load(store: ModelStore, net: NetName): Promise<OnnxNet> {
    const ort = require('onnxruntime-node') as Ort;
    return new OnnxNet(ort, await ort.InferenceSession.create(await store.load(net), OPTIONS));
  }

  /** Runs the net on a batch of images: planes of 3 × `side` × `side`, one after the other. */
  async run(images: Float32Array, side: number): Promise<Readonly<Record<string, Float32Array>>> {
    const shape = [images.length / (3 * side * side), 3, side, side];
    const outputs = await this.session.run({ image: new this.ort.Tensor('float32', images, shape) });
    return Object.fromEntries(Object.entries(outputs).map(([name, { data }]) => [name, data]));
  }
}
