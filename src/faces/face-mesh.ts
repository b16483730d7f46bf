import type { Box, RgbImage } from './rgb-image.js';

/** A point of the mesh, px of the picture; `z` in the same scale, smaller is nearer to the camera. */
export interface MeshPoint {
  readonly x: number;
  readonly y: number;
  readonly z: number;
}

/** One face as a mesh. Left and right are the picture's. */
export interface MeshFace {
  /** The 468 points of MediaPipe FaceMesh; the contours of the eyes refined by the iris model. */
  readonly points: readonly MeshPoint[];
  /** 0…1: whether there is a face where one was looked for. */
  readonly confidence: number;
  /** Gap between the lids over the width of the eye. */
  readonly openness: { readonly left: number; readonly right: number };
}

/** Places a mesh on a face: fine enough to see lids close, which the 68 landmarks are not. */
export abstract class FaceMesh {
  /** Package, version, hash of the weights and runtime. */
  abstract readonly id: string;
  /** Loads the models and runs each once; idempotent. */
  abstract warmUp(): Promise<void>;
  /**
   * Reads the face near `near`: a detector's box, or the face of the frame before (then no detector is needed).
   * `null`: no face is there.
   */
  abstract read(image: RgbImage, near: Box | MeshFace): Promise<MeshFace | null>;
}
