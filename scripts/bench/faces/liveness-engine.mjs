/** The engine that judges in production, and the descriptor of a person from several pictures. */
import { fileURLToPath } from 'node:url';
import { meanDescriptor } from '../../../dist/faces/face-engine.js';
import { glance } from '../../../dist/faces/face-finder.js';
import { openFaceRuntime } from '../../../dist/faces/face-runtime.js';
import { decodeImage } from '../../../dist/faces/image-decoder.js';

const MODELS = fileURLToPath(new URL('../../../.cache/models', import.meta.url));

export async function loadEngine() {
  const { engine, mesh } = await openFaceRuntime('auto', MODELS);
  const describe = async (pictures) => {
    const descriptors = [];
    for (const bytes of pictures) {
      const { image } = await decodeImage(bytes);
      const { main } = await glance(engine, image);
      if (main !== null) descriptors.push(await engine.descriptor(image, await engine.landmarks(image, main)));
    }
    if (descriptors.length === 0) throw new Error('no face in the frames at rest');
    return meanDescriptor(descriptors);
  };
  return { engine, mesh, describe };
}
