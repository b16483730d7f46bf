import { fivePointChip } from './face-alignment.js';
import { type Detector, type FaceBox, FaceEngine } from './face-engine.js';
import type { FaceNets } from './face-nets.js';
import { type Normalisation, writeInput } from './net-input.js';
import { INPUT_PX, weightsHash } from './onnx/model-store.js';
import type { Box, Point, RgbImage } from './rgb-image.js';

const FACERES_PX = INPUT_PX.faceres!;
/** Share of its square that the face takes: the net was trained on loose crops. */
const FACERES_SHARE = 0.85;
/** The mean face of VGGFace2, blue first, as the net was trained. */
const FACERES: Normalisation = { mean: [103.939, 116.779, 123.68], scale: 1 };
/** What each net gives to the whole: half the weight for the second in the squared distance, and the scale on which face-api's thresholds still stand. */
const SCALE = 0.82;
const FIRST_FACTOR = SCALE * Math.sqrt(2 / 3);
const SECOND_FACTOR = SCALE * Math.sqrt(1 / 3);

/**
 * An engine whose descriptor is joined with that of a second net, human's `faceres` (1,024 features, trained on
 * VGGFace2): the squared distance of the whole is the weighted mean of both squared distances. Each net confuses other
 * people than the other one; measured in docs/faces.md.
 */
export class TwoNetFaceEngine extends FaceEngine {
  private rehearsed: Promise<void> | null = null;
  private identity = 'not-loaded';

  constructor(
    private readonly first: FaceEngine,
    private readonly nets: FaceNets<'faceres'>,
  ) {
    super();
  }

  override get id(): string {
    return this.identity;
  }

  override async warmUp(): Promise<void> {
    this.rehearsed ??= this.rehearse();
    await this.rehearsed;
  }

  override detect(image: RgbImage, detector: Detector): Promise<readonly FaceBox[]> {
    return this.first.detect(image, detector);
  }

  override landmarks(image: RgbImage, box: Box): Promise<readonly Point[]> {
    return this.first.landmarks(image, box);
  }

  override async descriptor(image: RgbImage, landmarks: readonly Point[]): Promise<Float32Array> {
    const first = await this.first.descriptor(image, landmarks);
    const second = await this.features(image, landmarks);
    const joined = new Float32Array(first.length + second.length);
    joined.set(scaled(first, FIRST_FACTOR));
    joined.set(scaled(second, SECOND_FACTOR / Math.hypot(...second)), first.length);
    return joined;
  }

  private async features(image: RgbImage, landmarks: readonly Point[]): Promise<Float32Array> {
    const chip = fivePointChip(image, landmarks, FACERES_PX, FACERES_SHARE);
    const input = new Float32Array(chip.length);
    writeInput(input, 0, blueFirst(chip), FACERES, this.nets.layout);
    const { features } = await this.nets.run('faceres', input, FACERES_PX);
    return features!;
  }

  private async rehearse(): Promise<void> {
    await this.first.warmUp();
    const grey: RgbImage = { data: new Uint8Array(320 * 240 * 3).fill(128), width: 320, height: 240 };
    await this.descriptor(grey, await this.landmarks(grey, { x: 60, y: 20, width: 200, height: 200 }));
    this.identity = `${this.first.id}+human-faceres${FACERES_PX}-${(await weightsHash(['faceres'])).slice(0, 12)}`;
  }
}

const scaled = (values: Float32Array, factor: number): Float32Array => values.map((value) => value * factor);

function blueFirst(rgb: Uint8Array): Uint8Array {
  const turned = new Uint8Array(rgb.length);
  for (let at = 0; at < rgb.length; at += 3) {
    turned[at] = rgb[at + 2]!;
    turned[at + 1] = rgb[at + 1]!;
    turned[at + 2] = rgb[at]!;
  }
  return turned;
}
