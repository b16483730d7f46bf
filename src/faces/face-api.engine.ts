import { createRequire } from 'node:module';
import { dirname, join, sep } from 'node:path';
import { alignedChip, CHIP_PX, mirroredChip } from './face-alignment.js';
import { faceApiId } from './face-api-models.js';
import { type Detector, type FaceBox, FaceEngine, meanDescriptor } from './face-engine.js';
import { type Box, clip, type Point, type RgbImage } from './rgb-image.js';

/** The little of face-api and tfjs that is used here; their own types drag in the DOM and WebGPU. */
interface Tensor {
  dispose(): void;
}
interface Net {
  loadFromDisk(folder: string): Promise<void>;
}
interface Detection {
  readonly score: number;
  readonly box: Box;
}
interface FaceApi {
  readonly version: string;
  readonly tf: {
    setBackend(name: string): Promise<boolean>;
    ready(): Promise<void>;
    getBackend(): string;
    memory(): { readonly numTensors: number };
    tensor3d(data: Uint8Array, shape: readonly [number, number, number], type: 'int32'): Tensor;
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

/** Enough for any group in front of one camera. */
const MAX_FACES = 20;

/** face-api on the WASM backend of tfjs: no native library, no download, the models come inside its package. */
export class FaceApiEngine extends FaceEngine {
  private loaded: Promise<FaceApi> | null = null;
  private rehearsed: Promise<void> | null = null;
  private identity = 'not-loaded';

  override get id(): string {
    return this.identity;
  }

  override async warmUp(): Promise<void> {
    this.rehearsed ??= this.rehearse();
    await this.rehearsed;
  }

  /** Tensors alive now: constant between calls, or something leaks. */
  async liveTensors(): Promise<number> {
    return (await this.api()).tf.memory().numTensors;
  }

  override async detect(image: RgbImage, detector: Detector): Promise<readonly FaceBox[]> {
    const api = await this.api();
    return this.withTensor(image, async (tensor) => {
      const found =
        detector.net === 'TINY'
          ? await api.nets.tinyFaceDetector.locateFaces(tensor, { inputSize: detector.inputPx, scoreThreshold: detector.minScore })
          : await api.nets.ssdMobilenetv1.locateFaces(tensor, { minConfidence: detector.minScore, maxResults: MAX_FACES });
      return found
        .map(({ score, box }) => ({ x: box.x, y: box.y, width: box.width, height: box.height, score }))
        .sort((one, other) => other.score - one.score);
    });
  }

  override async landmarks(image: RgbImage, box: Box): Promise<readonly Point[]> {
    const api = await this.api();
    const { x, y } = clip(box, image);
    return this.withTensor(cut(image, box), async (tensor) => {
      const { positions } = await api.nets.faceLandmark68Net.detectLandmarks(tensor);
      return positions.map((point) => ({ x: point.x + x, y: point.y + y }));
    });
  }

  /** The mean over the chip and its mirror image: halves the error of one alone on LFW pairs. */
  override async descriptor(image: RgbImage, landmarks: readonly Point[]): Promise<Float32Array> {
    const api = await this.api();
    const chip = alignedChip(image, landmarks);
    const side = { width: CHIP_PX, height: CHIP_PX };
    return this.withTensor({ ...side, data: chip }, (straight) =>
      this.withTensor({ ...side, data: mirroredChip(chip) }, async (mirrored) =>
        meanDescriptor(await api.nets.faceRecognitionNet.computeFaceDescriptor([straight, mirrored])),
      ),
    );
  }

  private api(): Promise<FaceApi> {
    this.loaded ??= this.load();
    return this.loaded;
  }

  private async load(): Promise<FaceApi> {
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
    this.identity = await faceApiId('wasm');
    return api;
  }

  /** First runs compile kernels and take ten times as long: better at boot than in a trainee's check. */
  private async rehearse(): Promise<void> {
    const grey: RgbImage = { data: new Uint8Array(320 * 240 * 3).fill(128), width: 320, height: 240 };
    await this.detect(grey, { net: 'TINY', inputPx: 224, minScore: 0.5 });
    await this.detect(grey, { net: 'TINY', inputPx: 320, minScore: 0.5 });
    await this.detect(grey, { net: 'SSD', minScore: 0.5 });
    const points = await this.landmarks(grey, { x: 60, y: 20, width: 200, height: 200 });
    await this.descriptor(grey, points);
  }

  private async withTensor<T>(image: RgbImage, use: (tensor: Tensor) => Promise<T>): Promise<T> {
    const { tf } = await this.api();
    const tensor = tf.tensor3d(image.data, [image.height, image.width, 3], 'int32');
    try {
      return await use(tensor);
    } finally {
      tensor.dispose();
    }
  }
}

function cut(image: RgbImage, box: Box): RgbImage {
  const { x, y, width, height } = clip(box, image);
  const data = new Uint8Array(width * height * 3);
  for (let row = 0; row < height; row += 1) {
    const from = ((y + row) * image.width + x) * 3;
    data.set(image.data.subarray(from, from + width * 3), row * width * 3);
  }
  return { data, width, height };
}
