import { alignedChip, CHIP_PX, mirroredSquare } from './face-alignment.js';
import { loadFaceApi, type Tensor } from './face-api.js';
import { faceApiId } from './face-api-models.js';
import { type Detector, type FaceBox, FaceEngine, meanDescriptor } from './face-engine.js';
import { type Box, clip, type Point, type RgbImage } from './rgb-image.js';

/** Enough for any group in front of one camera. */
const MAX_FACES = 20;

/** face-api on the WASM backend of tfjs: no native library, no download, the models come inside its package. */
export class FaceApiEngine extends FaceEngine {
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
    return (await loadFaceApi()).tf.memory().numTensors;
  }

  override async detect(image: RgbImage, detector: Detector): Promise<readonly FaceBox[]> {
    const api = await loadFaceApi();
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
    const api = await loadFaceApi();
    const { x, y } = clip(box, image);
    return this.withTensor(cut(image, box), async (tensor) => {
      const { positions } = await api.nets.faceLandmark68Net.detectLandmarks(tensor);
      return positions.map((point) => ({ x: point.x + x, y: point.y + y }));
    });
  }

  /** The mean over the chip and its mirror image: halves the error of one alone on LFW pairs. */
  override async descriptor(image: RgbImage, landmarks: readonly Point[]): Promise<Float32Array> {
    const api = await loadFaceApi();
    const chip = alignedChip(image, landmarks);
    const side = { width: CHIP_PX, height: CHIP_PX };
    return this.withTensor({ ...side, data: chip }, (straight) =>
      this.withTensor({ ...side, data: mirroredSquare(chip, CHIP_PX) }, async (mirrored) =>
        meanDescriptor(await api.nets.faceRecognitionNet.computeFaceDescriptor([straight, mirrored])),
      ),
    );
  }

  /** First runs compile kernels and take ten times as long: better at boot than in a trainee's check. */
  private async rehearse(): Promise<void> {
    const grey: RgbImage = { data: new Uint8Array(320 * 240 * 3).fill(128), width: 320, height: 240 };
    await this.detect(grey, { net: 'TINY', inputPx: 224, minScore: 0.5 });
    await this.detect(grey, { net: 'TINY', inputPx: 320, minScore: 0.5 });
    await this.detect(grey, { net: 'SSD', minScore: 0.5 });
    const points = await this.landmarks(grey, { x: 60, y: 20, width: 200, height: 200 });
    await this.descriptor(grey, points);
    this.identity = await faceApiId('wasm');
  }

  private async withTensor<T>(image: RgbImage, use: (tensor: Tensor) => Promise<T>): Promise<T> {
    const { tf } = await loadFaceApi();
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
