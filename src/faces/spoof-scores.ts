import { sampleSquare } from './face-alignment.js';
import type { FaceNets } from './face-nets.js';
import { UNIT, writeInput } from './net-input.js';
import { weightsHash } from './onnx/model-store.js';
import { clip, type Box, type RgbImage } from './rgb-image.js';

/** What two small nets think of a face, each 0 (a picture of a face) … 1 (a face). On real and spoofed faces they overlap. */
export interface SpoofReading {
  readonly real: number;
  readonly live: number;
}

const ROOM = 1.4;
const ANTISPOOF_PX = 128;
const LIVENESS_PX = 32;

/** The anti-spoof and liveness nets of human. Numbers to be weighed with others: no gate may stand on them. */
export class SpoofScores {
  private identity = 'not-loaded';
  private rehearsed: Promise<void> | null = null;

  constructor(private readonly nets: FaceNets<'antispoof' | 'liveness'>) {}

  /** Nets, runtime, hash of the weights. */
  get id(): string {
    return this.identity;
  }

  /** Loads the nets and runs each once; idempotent. */
  async warmUp(): Promise<void> {
    this.rehearsed ??= this.rehearse();
    await this.rehearsed;
  }

  async read(image: RgbImage, face: Box): Promise<SpoofReading> {
    const { real } = await this.nets.run('antispoof', this.input(image, face, ANTISPOOF_PX), ANTISPOOF_PX);
    const { classes } = await this.nets.run('liveness', this.input(image, face, LIVENESS_PX), LIVENESS_PX);
    return { real: real![0]!, live: classes![0]! };
  }

  /** The face with some room around it, scaled to a square. */
  private input(image: RgbImage, face: Box, sidePx: number): Float32Array {
    const { x, y, width, height } = clip(face, image);
    const size = ROOM * Math.max(width, height);
    const scale = size / sidePx;
    const toImage = { a: scale, b: 0, tx: x + width / 2 - size / 2, ty: y + height / 2 - size / 2 };
    const input = new Float32Array(3 * sidePx * sidePx);
    writeInput(input, 0, sampleSquare(image, toImage, sidePx), UNIT, this.nets.layout);
    return input;
  }

  private async rehearse(): Promise<void> {
    const grey: RgbImage = { data: new Uint8Array(64 * 64 * 3).fill(128), width: 64, height: 64 };
    await this.read(grey, { x: 8, y: 8, width: 48, height: 48 });
    this.identity = `human-antispoof+liveness/${this.nets.runtime}/${(await weightsHash(['antispoof', 'liveness'])).slice(0, 12)}`;
  }
}
