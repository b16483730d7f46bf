import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { FACE_API_NETS, type FaceApiNet } from './face-api-nets.js';
import { sealModel, isWhole } from './sealed-model.js';
import { convertTfjsGraph } from './tfjs-graph.js';
import { manifestSchema, readWeights } from './tfjs-weights.js';

/** Goes up with every change of what the conversion writes. */
const CONVERTER_VERSION = 4;

/** Nets of MediaPipe and others that come with `@vladmandic/human`. */
export type HumanNet = 'facemesh' | 'iris' | 'antispoof' | 'liveness' | 'faceres';
export type NetName = FaceApiNet | HumanNet;

/** Outputs kept of each graph model; the shapes are tfjs's. */
export const HUMAN_NETS: Readonly<Record<HumanNet, Parameters<typeof convertTfjsGraph>[2]>> = {
  facemesh: { points: { node: 'Identity_2', shape: ['batch', 1404] }, face: { node: 'Identity_1', shape: ['batch', 1] } },
  iris: { points: { node: 'Identity', shape: ['batch', 1, 1, 228] } },
  antispoof: { real: { node: 'Identity', shape: ['batch', 1] } },
  liveness: { classes: { node: 'Identity', shape: ['batch', 2] } },
  faceres: { features: { node: 'global_pooling/Mean', shape: ['batch', 1024] } },
};

/**
 * Side of the input, px, where it is another than the file says. `faceres` averages over its whole field, so it takes any
 * size: at 160 it costs half of what it does at 224, and tells people apart no worse (docs/faces.md).
 */
export const INPUT_PX: Readonly<Partial<Record<HumanNet, number>>> = { faceres: 160 };

const require = createRequire(import.meta.url);

/** The files in which npm brings a net: what describes it, and its weights. */
export function filesOf(net: NetName): { readonly json: string; readonly bin: string } {
  if (isOfHuman(net)) {
    // The package shows its bundles alone; they lie in `dist/`.
    const folder = join(dirname(require.resolve('@vladmandic/human')), '..', 'models');
    return { json: join(folder, `${net}.json`), bin: join(folder, `${net}.bin`) };
  }
  const folder = join(dirname(require.resolve('@vladmandic/face-api/package.json')), 'model');
  return { json: join(folder, `${net}_model-weights_manifest.json`), bin: join(folder, `${net}_model.bin`) };
}

/** SHA-256 of the weights of these nets together, as hex: what an engine's answers depend on. */
export async function weightsHash(nets: readonly NetName[]): Promise<string> {
  const hash = createHash('sha256');
  for (const net of nets) hash.update(await readFile(filesOf(net).bin));
  return hash.digest('hex');
}

/**
 * Keeps the converted nets in a folder. What is missing, damaged or made by another converter or from other weights is
 * made again; several processes may do so at once.
 */
export class ModelStore {
  constructor(private readonly folder: string) {}

  /** Bytes of the net's ONNX file. */
  async load(net: NetName): Promise<Buffer> {
    const file = join(this.folder, `${net}-${await sourceHash(net)}.onnx`);
    const kept = await readFile(file).catch(() => null);
    if (kept !== null && isWhole(kept)) return kept;
    const made = sealModel(await convert(net));
    await mkdir(this.folder, { recursive: true });
    const draft = `${file}.${randomUUID()}`;
    await writeFile(draft, made);
    await rename(draft, file);
    await this.forgetOthers(net, file);
    return made;
  }

  /** What earlier versions made of the net. */
  private async forgetOthers(net: NetName, kept: string): Promise<void> {
    const others = (await readdir(this.folder)).filter((name) => name.startsWith(`${net}-`) && name.endsWith('.onnx') && name !== basename(kept));
    await Promise.all(others.map((name) => rm(join(this.folder, name), { force: true })));
  }
}

async function sourceHash(net: NetName): Promise<string> {
  const { json, bin } = filesOf(net);
  const hash = createHash('sha256').update(`${CONVERTER_VERSION}\0`);
  for (const file of [json, bin]) hash.update(await readFile(file));
  return hash.digest('hex').slice(0, 16);
}

async function convert(net: NetName): Promise<Buffer> {
  const { json } = filesOf(net);
  if (isOfHuman(net)) return convertTfjsGraph(json, net, HUMAN_NETS[net], INPUT_PX[net]);
  return FACE_API_NETS[net](await readWeights(json, manifestSchema.parse(JSON.parse(await readFile(json, 'utf8')))));
}

const isOfHuman = (net: NetName): net is HumanNet => net in HUMAN_NETS;
