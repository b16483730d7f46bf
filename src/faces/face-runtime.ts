import { FaceApiEngine } from './face-api.engine.js';
import type { FaceEngine } from './face-engine.js';
import type { FaceMesh } from './face-mesh.js';
import { MediaPipeMesh } from './mediapipe-mesh.js';
import { ModelStore } from './onnx/model-store.js';
import { OnnxFaceEngine } from './onnx/onnx-face.engine.js';
import { OnnxNets } from './onnx/onnx-nets.js';
import { SpoofScores } from './spoof-scores.js';
import { TfjsNets } from './tfjs-nets.js';
import { TwoNetFaceEngine } from './two-net.engine.js';

/** `auto`: onnxruntime, and WASM where that cannot load. */
export type FaceRuntimeChoice = 'auto' | 'onnx' | 'wasm';

/** Everything that looks at faces, in one runtime, warm. */
export interface FaceRuntime {
  readonly engine: FaceEngine;
  readonly mesh: FaceMesh;
  readonly spoof: SpoofScores;
  /** Why the slower runtime was taken although the choice was left open; `null` when it was not. */
  readonly fallback: string | null;
}

/** @throws Error when the runtime asked for cannot be loaded. */
export async function openFaceRuntime(choice: FaceRuntimeChoice, modelsDir: string): Promise<FaceRuntime> {
  if (choice === 'wasm') return openWasm(null);
  try {
    const nets = new OnnxNets(new ModelStore(modelsDir));
    return await warm({ engine: new TwoNetFaceEngine(new OnnxFaceEngine(nets), nets), mesh: new MediaPipeMesh(nets), spoof: new SpoofScores(nets), fallback: null });
  } catch (error) {
    if (choice === 'onnx') throw error;
    return openWasm(error instanceof Error ? error.message : String(error));
  }
}

function openWasm(fallback: string | null): Promise<FaceRuntime> {
  const nets = new TfjsNets();
  return warm({ engine: new TwoNetFaceEngine(new FaceApiEngine(), nets), mesh: new MediaPipeMesh(nets), spoof: new SpoofScores(nets), fallback });
}

async function warm(runtime: FaceRuntime): Promise<FaceRuntime> {
  for (const part of [runtime.engine, runtime.mesh, runtime.spoof]) await part.warmUp();
  return runtime;
}
