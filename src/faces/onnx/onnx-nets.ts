import { createRequire } from 'node:module';
import type { FaceNets, NetOutputs } from '../face-nets.js';
import type { ModelStore, NetName } from './model-store.js';

/** The little of onnxruntime-node that is used here; it is loaded on demand, since not every machine can. */
interface OrtTensor {
  readonly data: Float32Array;
}
interface OrtSession {
  run(feeds: Readonly<Record<string, OrtTensor>>): Promise<Readonly<Record<string, OrtTensor>>>;
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
  // Kept memory makes nothing faster here and a process a third larger.
  enableCpuMemArena: false,
  enableMemPattern: false,
} as const;

const require = createRequire(import.meta.url);

/** Nets of face-api and human in onnxruntime, each loaded when it is first asked for. They compute on the thread that calls. */
export class OnnxNets implements FaceNets<NetName> {
  readonly layout = 'PLANES';
  private readonly sessions = new Map<NetName, Promise<OrtSession>>();
  private loadedOrt: Ort | null = null;

  constructor(private readonly store: ModelStore) {}

  get runtime(): string {
    return `onnxruntime-node@${(require('onnxruntime-node/package.json') as { readonly version: string }).version}`;
  }

  /** @throws Error when the native library cannot be loaded here. */
  async run(net: NetName, images: Float32Array, side: number): Promise<NetOutputs> {
    const session = this.sessions.get(net) ?? this.load(net);
    this.sessions.set(net, session);
    const shape = [images.length / (3 * side * side), 3, side, side];
    const outputs = await (await session).run({ image: new (this.ort().Tensor)('float32', images, shape) });
    return Object.fromEntries(Object.entries(outputs).map(([name, { data }]) => [name, data]));
  }

  private async load(net: NetName): Promise<OrtSession> {
    return this.ort().InferenceSession.create(await this.store.load(net), OPTIONS);
  }

  private ort(): Ort {
    this.loadedOrt ??= require('onnxruntime-node') as Ort;
    return this.loadedOrt;
  }
}
