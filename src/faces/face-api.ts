import { createRequire } from 'node:module';
import { dirname, join, sep } from 'node:path';
import type { Box, Point } from './rgb-image.js';

/** The little of face-api and tfjs that is used here; their own types drag in the DOM and WebGPU. */
export interface Tensor {
  dispose(): void;
  data(): Promise<Float32Array>;
}
interface Net {
  loadFromDisk(folder: string): Promise<void>;
}
/** A graph model of tfjs; `execute` answers in the order of the nodes asked for. */
export interface GraphModel {
  execute(input: Tensor, nodes: readonly string[]): readonly Tensor[];
}
interface Detection {
  readonly score: number;
  readonly box: Box;
}
export interface FaceApi {
  readonly tf: {
    setBackend(name: string): Promise<boolean>;
    ready(): Promise<void>;
    getBackend(): string;
    memory(): { readonly numTensors: number };
    tensor3d(data: Uint8Array, shape: readonly [number, number, number], type: 'int32'): Tensor;
    tensor4d(data: Float32Array, shape: readonly [number, number, number, number]): Tensor;
    loadGraphModel(handler: { load(): Promise<unknown> }): Promise<GraphModel>;
  };
  readonly nets: {
    readonly tinyFaceDetector: Net & {
      locateFaces(input: Tensor, options: { inputSize: number; scoreThreshold: number }): Promise<readonly Detection[]>;
    };
    readonly ssdMobilenetv1: Net & {
      locateFaces(input: Tensor, options: { minConfidence: number; maxResults: number }): Promise<readonly Detection[]>;
    };
    readonly faceLandmark68Net: Net & { detectLandmarks(input: Tensor): Promise<{ readonly positions: readonly Point[] }> };
    readonly faceRecognitionNet: Net & { computeFaceDescriptor(input: readonly Tensor[]): Promise<readonly Float32Array[]> };
  };
}

let loading: Promise<FaceApi> | null = null;

/** face-api with its four nets on the WASM backend of tfjs, loaded once for the process. */
export function loadFaceApi(): Promise<FaceApi> {
  loading ??= load();
  return loading;
}

async function load(): Promise<FaceApi> {
  const require = createRequire(import.meta.url);
  const wasm = require('@tensorflow/tfjs-backend-wasm') as { setWasmPaths(folder: string): void };
  wasm.setWasmPaths(dirname(require.resolve('@tensorflow/tfjs-backend-wasm')) + sep);
  // The package's main entry wants tfjs-node, whose install step downloads a library.
  const entry = require.resolve('@vladmandic/face-api/dist/face-api.node-wasm.js');
  const api = require(entry) as FaceApi;
  await api.tf.setBackend('wasm');
  await api.tf.ready();
  const folder = join(dirname(entry), '..', 'model');
  for (const net of [api.nets.tinyFaceDetector, api.nets.ssdMobilenetv1, api.nets.faceLandmark68Net, api.nets.faceRecognitionNet]) {
    await net.loadFromDisk(folder);
  }
  return api;
}
