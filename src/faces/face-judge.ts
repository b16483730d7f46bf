import { Injectable } from '@nestjs/common';
import type { FaceMeasurement, ImageFailure, LivenessAct, LivenessMeasurement } from '../rules/event.js';
import { descriptorDistance, type FaceBox, FaceEngine } from './face-engine.js';
import { findFaces, findFacesSurely, type FoundFaces, glance } from './face-finder.js';
import { interocular } from './face-geometry.js';
import { decodeImage } from './image-decoder.js';
import { analyseLiveness, type FrameObservation, spread } from './liveness-analysis.js';
import { measureQuality, type RgbImage } from './rgb-image.js';

export interface BurstFrame {
  readonly step: number;
  readonly clientMonoMs: number;
  readonly image: Uint8Array;
}

export interface Burst {
  readonly frames: readonly BurstFrame[];
  readonly acts: readonly LivenessAct[];
  readonly reference: Float32Array;
}

export interface JudgedBurst {
  readonly measurement: LivenessMeasurement;
  /** Index, in the frames given, of the neutral frame nearest to the reference: the one to keep as evidence. */
  readonly bestFrame: number | null;
}

interface SeenFrame extends FrameObservation {
  readonly index: number;
  readonly image: RgbImage;
}

/** Frames judged of each step: enough to see an act of a second, few enough for one core. */
const MAX_FRAMES_PER_STEP = 12;
const MIN_FRAMES_PER_STEP = 3;
/** Frames with a claimed second face that the slow net confirms; the rest follow their majority. */
const MAX_CONFIRMATIONS = 4;
const MAX_FRAME_SIDE_PX = 480;

/** Measures pictures against a reference face. Worker processes only: the engine blocks its thread. */
@Injectable()
export class FaceJudge {
  constructor(private readonly engine: FaceEngine) {}

  /** Name, version and hash of what judges, for the journal. */
  get engineId(): string {
    return this.engine.id;
  }

  /** Measures one picture. `detectorPx` is the input of the first detector tried. */
  async measureImage(bytes: Uint8Array | null, reference: Float32Array, detectorPx = 320): Promise<FaceMeasurement> {
    const decoded = await decodeImage(bytes);
    if (!decoded.ok) return unjudged(decoded.failure);
    const { image } = decoded;
    const faces = await findFaces(this.engine, image, detectorPx);
    const landmarks = faces.main === null ? null : await this.engine.landmarks(image, faces.main);
    const isSingle = faces.count === 1 && landmarks !== null;
    return {
      failure: null,
      faceCount: faces.count,
      distance: isSingle ? round(descriptorDistance(await this.engine.descriptor(image, landmarks), reference)) : null,
      ...roundedQuality(image),
      interocularPx: landmarks === null ? null : round(interocular(landmarks)),
    };
  }

  /** Measures a burst: the acts, each in its window, and who is in its frames. */
  async measureBurst({ frames, acts, reference }: Burst): Promise<JudgedBurst> {
    const { seen, failure } = await this.observe(frames, acts.length + 1);
    const settled = await this.confirmCrowd(await this.lookAgain(seen));
    const reading = analyseLiveness(settled, acts);
    const neutral = await this.describe(settled, reading.neutralFrames);
    const acting = await this.describe(settled, reading.actFrames.filter((index) => index !== null));
    const distances = neutral.map(({ index, descriptor }) => ({ index, distance: descriptorDistance(descriptor, reference) }));
    distances.sort((one, other) => one.distance - other.distance);
    const count = (is: (faces: number) => boolean): number => settled.filter(({ faceCount }) => is(faceCount)).length;
    return {
      measurement: {
        failure,
        frames: settled.length,
        oneFace: count((faces) => faces === 1),
        noFace: count((faces) => faces === 0),
        manyFaces: count((faces) => faces > 1),
        acts: reading.acts,
        distances: distances.map(({ distance }) => round(distance)),
        spread: spreadOf(neutral.map(({ descriptor }) => descriptor), acting.map(({ descriptor }) => descriptor)),
      },
      bestFrame: distances[0]?.index ?? null,
    };
  }

  private async observe(frames: readonly BurstFrame[], steps: number): Promise<{ readonly seen: SeenFrame[]; readonly failure: LivenessMeasurement['failure'] }> {
    const seen: SeenFrame[] = [];
    let failure: LivenessMeasurement['failure'] = null;
    let before: FaceBox | null = null;
    for (let step = 0; step < steps; step += 1) {
      const own = frames.map((frame, index) => ({ ...frame, index })).filter((frame) => frame.step === step);
      own.sort((one, other) => one.clientMonoMs - other.clientMonoMs);
      let readable = 0;
      let unreadable: ImageFailure | null = null;
      for (const { image: bytes, index, clientMonoMs } of spread(own, MAX_FRAMES_PER_STEP)) {
        const decoded = await decodeImage(bytes, { maxSidePx: MAX_FRAME_SIDE_PX });
        if (!decoded.ok) {
          unreadable ??= decoded.failure;
          continue;
        }
        readable += 1;
        const faces = await glance(this.engine, decoded.image, before);
        before = faces.main ?? before;
        seen.push({ index, step, clientMonoMs, image: decoded.image, ...(await this.read(decoded.image, faces)) });
      }
      if (readable < MIN_FRAMES_PER_STEP) failure ??= unreadable ?? 'TOO_FEW_FRAMES';
    }
    return { seen, failure };
  }

  /** A neutral phase in which the quick net saw nobody is looked at by the slow one before it is said. */
  private async lookAgain(seen: readonly SeenFrame[]): Promise<readonly SeenFrame[]> {
    const rest = seen.filter(({ step }) => step === 0);
    const missed = rest.filter(({ faceCount }) => faceCount === 0);
    if (missed.length <= rest.length / 2) return seen;
    return this.replace(seen, spread(missed, MAX_CONFIRMATIONS), (frame) => findFaces(this.engine, frame.image));
  }

  /** The quick net invents faces: frames with several are confirmed, and frames not looked at follow the majority. */
  private async confirmCrowd(seen: readonly SeenFrame[]): Promise<readonly SeenFrame[]> {
    const crowded = seen.filter(({ faceCount }) => faceCount > 1);
    if (crowded.length === 0) return seen;
    const looked = spread(crowded, MAX_CONFIRMATIONS);
    const confirmed = await this.replace(seen, looked, async (frame) => {
      const sure = await findFacesSurely(this.engine, frame.image);
      return sure.count > 0 ? sure : this.alone(frame);
    });
    const isCrowd = looked.filter((frame) => confirmed.some((other) => other.index === frame.index && other.faceCount > 1)).length > looked.length / 2;
    if (isCrowd) return confirmed;
    const rest = crowded.filter((frame) => !looked.includes(frame));
    return this.replace(confirmed, rest, (frame) => this.alone(frame));
  }

  /** The frame with its largest face taken for the only one. */
  private async alone(frame: SeenFrame): Promise<FoundFaces> {
    return { count: 1, main: (await glance(this.engine, frame.image)).main };
  }

  private async replace(
    seen: readonly SeenFrame[],
    targets: readonly SeenFrame[],
    look: (frame: SeenFrame) => Promise<FoundFaces>,
  ): Promise<readonly SeenFrame[]> {
    const replaced = new Map<number, SeenFrame>();
    for (const frame of targets) replaced.set(frame.index, { ...frame, ...(await this.read(frame.image, await look(frame))) });
    return seen.map((frame) => replaced.get(frame.index) ?? frame);
  }

  private async read(image: RgbImage, faces: FoundFaces): Promise<Pick<FrameObservation, 'faceCount' | 'landmarks'>> {
    const isSingle = faces.count === 1 && faces.main !== null;
    return { faceCount: faces.count, landmarks: isSingle ? await this.engine.landmarks(image, faces.main) : null };
  }

  private async describe(seen: readonly SeenFrame[], at: readonly number[]): Promise<readonly { readonly index: number; readonly descriptor: Float32Array }[]> {
    const described: { readonly index: number; readonly descriptor: Float32Array }[] = [];
    for (const position of at) {
      const frame = seen[position]!;
      if (frame.landmarks !== null) described.push({ index: frame.index, descriptor: await this.engine.descriptor(frame.image, frame.landmarks) });
    }
    return described;
  }
}

/**
 * Largest distance between two neutral frames or between a neutral and an acting one. Two opposite acts are not
 * compared: of all frames of one person they differ most.
 */
function spreadOf(neutral: readonly Float32Array[], acting: readonly Float32Array[]): number | null {
  let largest: number | null = null;
  neutral.forEach((one, index) => {
    for (const other of [...neutral.slice(index + 1), ...acting]) largest = Math.max(largest ?? 0, descriptorDistance(one, other));
  });
  return largest === null ? null : round(largest);
}

const round = (value: number): number => Math.round(value * 1e4) / 1e4;

function roundedQuality(image: RgbImage): { readonly luminance: number; readonly sharpness: number } {
  const { luminance, sharpness } = measureQuality(image);
  return { luminance: round(luminance), sharpness: round(sharpness) };
}

const unjudged = (failure: ImageFailure): FaceMeasurement => ({
  failure,
  faceCount: 0,
  distance: null,
  luminance: null,
  sharpness: null,
  interocularPx: null,
});
