/** face-api as its own documentation uses it: SSD, 68 landmarks, descriptor; on WASM, in one process. What ours is measured against. */
import { createRequire } from 'node:module';
import { dirname, join, sep } from 'node:path';

const require = createRequire(import.meta.url);

export async function loadPlain() {
  const wasm = require('@tensorflow/tfjs-backend-wasm');
  wasm.setWasmPaths(dirname(require.resolve('@tensorflow/tfjs-backend-wasm')) + sep);
  const entry = require.resolve('@vladmandic/face-api/dist/face-api.node-wasm.js');
  const api = require(entry);
  await api.tf.setBackend('wasm');
  await api.tf.ready();
  const folder = join(dirname(entry), '..', 'model');
  for (const net of [api.nets.ssdMobilenetv1, api.nets.faceLandmark68Net, api.nets.faceRecognitionNet]) await net.loadFromDisk(folder);
  const options = new api.SsdMobilenetv1Options({ minConfidence: 0.5 });
  return {
    id: `face-api@${require('@vladmandic/face-api/package.json').version}/wasm/plain`,
    /** Descriptor of the surest face of an RGB image, or null. */
    async describe({ data, width, height }) {
      const tensor = api.tf.tensor3d(data, [height, width, 3], 'int32');
      try {
        const found = await api.detectSingleFace(tensor, options).withFaceLandmarks().withFaceDescriptor();
        return found?.descriptor ?? null;
      } finally {
        tensor.dispose();
      }
    },
  };
}
