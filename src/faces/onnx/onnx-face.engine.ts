import { alignedChip, CHIP_PX, mirroredSquare } from '../face-alignment.js';
import { faceApiId } from '../face-api-models.js';
import { type Detector, type FaceBox, FaceEngine, meanDescriptor } from '../face-engine.js';
import { type Normalisation, squareView, writeInput } from '../net-input.js';
import { type Box, clip, type Point, type RgbImage } from '../rgb-image.js';
import { readSsdBoxes, readTinyCells } from './detections.js';
import type { OnnxNets } from './onnx-nets.js';

/** As each net was trained. */
const TINY: Normalisation = { mean: [117.001, 114.697, 97.404], scale: 1 / 255 };
const SSD: Normalisation = { mean: [127.5, 127.5, 127.5], scale: 1 / 127.5 };
const FACE: Normalisation = { mean: [122.782, 117.001, 104.298], scale: 1 / 255 };
const SSD_PX = 512;
const LANDMARKS_PX = 112;
const LANDMARKS = 68;
const DESCRIPTOR = 128;
/** Enough for any group in front of one camera. */
const MAX_FACES = 20;

/** The nets of face-api in onnxruntime: the same weights and answers as on WASM, several times faster. */
export class OnnxFaceEngine extends FaceEngine {
  private rehearsed: Promise<void> | null = null;
  private identity = 'not-loaded';

  constructor(private readonly nets: OnnxNets) {
    super();
  }

  override get id(): string {
    return this.identity;
  }

  override async warmUp(): Promise<void> {
    this.rehearsed ??= this.rehearse();
    await this.rehearsed;
  }

  override async detect(image: RgbImage, detector: Detector): Promise<readonly FaceBox[]> {
    const whole = { x: 0, y: 0, width: image.width, height: image.height };
    if (detector.net === 'TINY') {
      const { inputPx, minScore } = detector;
      const { data, side } = squareView(image, whole, inputPx, false, TINY);
      const { cells } = await this.nets.run('tiny_face_detector', data, inputPx);
      return readTinyCells(cells!, side, minScore);
    }
    const { data, side } = squareView(image, whole, SSD_PX, false, SSD);
    const { boxes, scores } = await this.nets.run('ssd_mobilenetv1', data, SSD_PX);
    return readSsdBoxes(boxes!, scores!, side, detector.minScore, MAX_FACES);
  }

  override async landmarks(image: RgbImage, box: Box): Promise<readonly Point[]> {
    const region = clip(box, image);
    const { data, side } = squareView(image, region, LANDMARKS_PX, true, FACE);
    const { points } = await this.nets.run('face_landmark_68', data, LANDMARKS_PX);
    // The net sees the region in the middle of the square, to the half pixel.
    const left = region.x - (side - region.width) / 2;
    const top = region.y - (side - region.height) / 2;
    return Array.from({ length: LANDMARKS }, (_, index) => ({ x: points![index * 2]! * side + left, y: points![index * 2 + 1]! * side + top }));
  }

  override async descriptor(image: RgbImage, landmarks: readonly Point[]): Promise<Float32Array> {
    const chip = alignedChip(image, landmarks);
    const input = new Float32Array(2 * chip.length);
    writeInput(input, 0, chip, FACE, 'PLANES');
    writeInput(input, chip.length, mirroredSquare(chip, CHIP_PX), FACE, 'PLANES');
    const { descriptor } = await this.nets.run('face_recognition', input, CHIP_PX);
    return meanDescriptor([descriptor!.subarray(0, DESCRIPTOR), descriptor!.subarray(DESCRIPTOR)]);
  }

  private async rehearse(): Promise<void> {
    const grey: RgbImage = { data: new Uint8Array(320 * 240 * 3).fill(128), width: 320, height: 240 };
    await this.detect(grey, { net: 'TINY', inputPx: 320, minScore: 0.5 });
    await this.detect(grey, { net: 'SSD', minScore: 0.5 });
    await this.descriptor(grey, await this.landmarks(grey, { x: 60, y: 20, width: 200, height: 200 }));
    this.identity = await faceApiId(this.nets.runtime);
  }
}
