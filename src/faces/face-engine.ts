import type { Box, Point, RgbImage } from './rgb-image.js';

export interface FaceBox extends Box {
  /** Confidence of the detector, 0…1. */
  readonly score: number;
}

/** Small and quick, or large and sure. Sizes are the pixels of the net's input. */
export type Detector =
  | { readonly net: 'TINY'; readonly inputPx: number; readonly minScore: number }
  | { readonly net: 'SSD'; readonly minScore: number };

/**
 * A face engine: finds faces, places 68 landmarks, describes a face by a vector. Implementations block their
 * thread while they compute, so only worker processes may hold one.
 */
export abstract class FaceEngine {
  /** Package of the models, runtime, hash of the models, treatment: written into the evidence of each check. */
  abstract readonly id: string;
  /** Descriptors of engines of one space may be compared. */
  get descriptorSpace(): string {
    return descriptorSpaceOf(this.id);
  }
  /** Loads the models and runs each once; idempotent. */
  abstract warmUp(): Promise<void>;
  /** Boxes in pixels of the image, surest first. */
  abstract detect(image: RgbImage, detector: Detector): Promise<readonly FaceBox[]>;
  /** The 68 points of the iBUG scheme, pixels of the image; left and right are the picture's. */
  abstract landmarks(image: RgbImage, box: Box): Promise<readonly Point[]>;
  /** Descriptor of the face with these landmarks; compare by `descriptorDistance`. */
  abstract descriptor(image: RgbImage, landmarks: readonly Point[]): Promise<Float32Array>;
}

/** The id of an engine without its runtime, which changes nothing in a descriptor. */
export function descriptorSpaceOf(engineId: string): string {
  const [models, , ...rest] = engineId.split('/');
  return [models, ...rest].join('/');
}

/** Euclidean distance: 0 the same picture, about 0.4 the same person, about 0.8 different people. */
export function descriptorDistance(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let index = 0; index < a.length; index += 1) {
    const difference = a[index]! - b[index]!;
    sum += difference * difference;
  }
  return Math.sqrt(sum);
}

/** Element-wise mean of one descriptor or more of one space: a template of several pictures of one person. */
export function meanDescriptor(descriptors: readonly Float32Array[]): Float32Array {
  const mean = new Float32Array(descriptors[0]!.length);
  for (const descriptor of descriptors) for (let index = 0; index < mean.length; index += 1) mean[index]! += descriptor[index]! / descriptors.length;
  return mean;
}
