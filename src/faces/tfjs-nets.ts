import { readFile } from 'node:fs/promises';
import { type GraphModel, loadFaceApi } from './face-api.js';
import type { FaceNets, NetOutputs } from './face-nets.js';
import { filesOf, HUMAN_NETS, type HumanNet, INPUT_PX } from './onnx/model-store.js';

/** The nets of human on the WASM backend of tfjs, for machines without onnxruntime. */
export class TfjsNets implements FaceNets<HumanNet> {
  readonly runtime = 'wasm';
  readonly layout = 'PIXELS';
  private readonly models = new Map<HumanNet, Promise<GraphModel>>();

  async run(net: HumanNet, images: Float32Array, side: number): Promise<NetOutputs> {
    const { tf } = await loadFaceApi();
    const model = this.models.get(net) ?? load(net);
    this.models.set(net, model);
    const names = Object.keys(HUMAN_NETS[net]);
    const input = tf.tensor4d(images, [images.length / (3 * side * side), side, side, 3]);
    // One output comes alone, several as a list.
    const outputs = [(await model).execute(input, Object.values(HUMAN_NETS[net]).map(({ node }) => node))].flat();
    try {
      return Object.fromEntries(await Promise.all(outputs.map(async (tensor, index) => [names[index]!, await tensor.data()] as const)));
    } finally {
      for (const tensor of [input, ...outputs]) tensor.dispose();
    }
  }
}

interface GraphFile {
  readonly modelTopology: { readonly node: readonly { readonly op: string; readonly attr?: { readonly shape?: { readonly shape: { dim: { size: string }[] } } } }[] };
  readonly weightsManifest: readonly { readonly weights: readonly unknown[] }[];
}

async function load(net: HumanNet): Promise<GraphModel> {
  const { json, bin } = filesOf(net);
  const model = JSON.parse(await readFile(json, 'utf8')) as GraphFile;
  for (const { op, attr } of model.modelTopology.node) if (op === 'Placeholder') resize(attr?.shape?.shape.dim ?? [], INPUT_PX[net]);
  const bytes = await readFile(bin);
  const weightData = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
  const { tf } = await loadFaceApi();
  return tf.loadGraphModel({ load: () => Promise.resolve({ ...model, weightSpecs: model.weightsManifest.flatMap(({ weights }) => weights), weightData }) });
}

/** Batch, rows, columns and channels of an input. */
function resize(dimensions: { size: string }[], side: number | undefined): void {
  if (side === undefined) return;
  for (const dimension of dimensions.slice(1, 3)) dimension.size = String(side);
}
