import type { FaceMeasurement, ImageFailure } from '../rules/event.js';
import { type Burst, type JudgedBurst, measureBurst } from './burst-judge.js';
import { descriptorDistance, FaceEngine } from './face-engine.js';
import { findFaces } from './face-finder.js';
import { interocular } from './face-geometry.js';
import { FaceMesh } from './face-mesh.js';
import { decodeImage } from './image-decoder.js';
import { type ReferencePhotoReading, readReferencePhoto } from './reference-photo.js';
import { type PicturePrint, printOf } from './replay/picture-print.js';
import { measureQuality, type RgbImage } from './rgb-image.js';

export interface JudgedSnapshot {
  readonly measurement: FaceMeasurement;
  /** Null when there was no picture to read. */
  readonly print: PicturePrint | null;
  /** Descriptor distance to the face of the snapshot before; null without two single faces. */
  readonly still: number | null;
}

interface Looked {
  readonly measurement: FaceMeasurement;
  readonly image: RgbImage | null;
  readonly descriptor: Float32Array | null;
}

/** Reads pictures of faces. It blocks its thread: in face processes only, to which `pooledFaceJudge` sends the work. */
export class FaceJudge {
  constructor(
    private readonly engine: FaceEngine,
    private readonly mesh: FaceMesh,
  ) {}

  /** Name, version and hash of what judges, for the journal. */
  get engineId(): string {
    return this.engine.id;
  }

  /** Only references of this space can be compared with: see `FaceEngine`. */
  get descriptorSpace(): string {
    return this.engine.descriptorSpace;
  }

  /** Measures one picture. `detectorPx` is the input of the first detector tried. */
  async measureImage(bytes: Uint8Array | null, reference: Float32Array, detectorPx = 320): Promise<FaceMeasurement> {
    return (await this.look(bytes, reference, detectorPx)).measurement;
  }

  /** Measures a snapshot, by what it is known again, and how far its face is from that of the snapshot before. */
  async measureSnapshot(bytes: Uint8Array | null, reference: Float32Array, before: Uint8Array | null): Promise<JudgedSnapshot> {
    const { measurement, image, descriptor } = await this.look(bytes, reference);
    const still = before === null || descriptor === null ? null : (await this.measureImage(before, descriptor)).distance;
    return { measurement, print: bytes === null || image === null ? null : printOf(bytes, image), still };
  }

  /** Measures a burst: the acts, each in its window, and who is in its frames. */
  async measureBurst(burst: Burst): Promise<JudgedBurst> {
    return measureBurst(this.engine, this.mesh, burst);
  }

  /** Judges whether a photo can stand for a person from now on. */
  async readReferencePhoto(photo: Uint8Array): Promise<ReferencePhotoReading> {
    return readReferencePhoto(this.engine, this.mesh, photo);
  }

  private async look(bytes: Uint8Array | null, reference: Float32Array, detectorPx?: number): Promise<Looked> {
    const decoded = await decodeImage(bytes);
    if (!decoded.ok) return { measurement: unjudged(decoded.failure), image: null, descriptor: null };
    const { image, sourceWidth, sourceHeight } = decoded;
    const faces = await findFaces(this.engine, image, detectorPx);
    const landmarks = faces.main === null ? null : await this.engine.landmarks(image, faces.main);
    const descriptor = faces.count === 1 && landmarks !== null ? await this.engine.descriptor(image, landmarks) : null;
    const measurement: FaceMeasurement = {
      failure: null,
      faceCount: faces.count,
      distance: descriptor === null ? null : round(descriptorDistance(descriptor, reference)),
      ...roundedQuality(image),
      interocularPx: landmarks === null ? null : round(interocular(landmarks)),
      pixels: sourceWidth * sourceHeight,
    };
    return { measurement, image, descriptor };
  }
}

const round = (value: number): number => Math.round(value * 1e4) / 1e4;

function roundedQuality(image: RgbImage): Pick<FaceMeasurement, 'luminance' | 'sharpness' | 'contrast'> {
  const { luminance, sharpness, contrast } = measureQuality(image);
  return { luminance: round(luminance), sharpness: round(sharpness), contrast: round(contrast) };
}

const unjudged = (failure: ImageFailure): FaceMeasurement => ({
  failure,
  faceCount: 0,
  distance: null,
  luminance: null,
  sharpness: null,
  interocularPx: null,
});
