import { createRequire } from 'node:module';
import { FACE_API_NETS, type FaceApiNet } from './onnx/face-api-nets.js';
import { weightsHash } from './onnx/model-store.js';

const require = createRequire(import.meta.url);

/** Id of an engine that runs face-api's models in some runtime; see `FaceEngine.id`. */
export async function faceApiId(runtime: string): Promise<string> {
  const { version } = require('@vladmandic/face-api/package.json') as { readonly version: string };
  const hash = await weightsHash((Object.keys(FACE_API_NETS) as FaceApiNet[]).sort());
  return `face-api@${version}/${runtime}/${hash.slice(0, 12)}/aligned-mirrored`;
}
