import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ModelStore } from '../../src/faces/onnx/model-store.js';

/** Where tests keep the converted nets: made once for all of them. */
export const MODELS_DIR = join(dirname(fileURLToPath(import.meta.url)), '../../.cache/models');

export const testModels = (): ModelStore => new ModelStore(MODELS_DIR);
