/** What the face workers measure: numbers, and no opinions of their own. */
import type { ReplayMeasurement } from './replay.js';

export type LivenessAct = 'BLINK' | 'OPEN_MOUTH' | 'TURN_LEFT' | 'TURN_RIGHT' | 'NOD' | 'LEAN_IN';

/** What a worker measured on one picture. Numbers, not opinions: the policy's thresholds decide. */
export interface FaceMeasurement {
  /** `null` when the picture was judged; otherwise why it could not be. */
  readonly failure: ImageFailure | null;
  /** Faces confirmed by the detector. */
  readonly faceCount: number;
  /** Euclidean distance of the 128-number descriptor to the reference face; `null` without a single face. */
  readonly distance: number | null;
  /** Mean luminance 0…255, and variance of the Laplacian (sharpness). */
  readonly luminance: number | null;
  readonly sharpness: number | null;
  /** Distance between the eyes, pixels of the judged image. */
  readonly interocularPx: number | null;
  /** Mouth and nose are covered, by a mask for one. */
  readonly isCovered?: boolean;
  /** Pixels of the picture as it came, and standard deviation of its grey levels. */
  readonly pixels?: number;
  readonly contrast?: number;
  readonly replay?: ReplayMeasurement;
}

export type ImageFailure = 'IMAGE_UNREADABLE' | 'IMAGE_TOO_LARGE' | 'IMAGE_TOO_SMALL' | 'IMAGE_ABSENT';

/** What a worker measured on one burst of frames. */
export interface LivenessMeasurement {
  readonly failure: ImageFailure | 'TOO_FEW_FRAMES' | null;
  readonly frames: number;
  /** Frames with exactly one face, no face, several faces. */
  readonly oneFace: number;
  readonly noFace: number;
  readonly manyFaces: number;
  /** In the order asked: the act seen in its own window, and whether another act was seen in it. */
  readonly acts: readonly {
    readonly act: LivenessAct;
    readonly seen: boolean;
    readonly otherSeen: LivenessAct | null;
    /** Peak of the act's signal over the trainee's own neutral level, and frames above the threshold. */
    readonly peak: number;
    readonly frames: number;
    /** Why the act does not count; `null` when it was seen. */
    readonly failure?: LivenessWindowFailure | null;
  }[];
  /** Distances to the reference face of the frames matched (neutral ones), best first. */
  readonly distances: readonly number[];
  /** Largest distance between two matched frames of the burst: the same face all along. */
  readonly spread: number | null;
  /** Frames in which mouth and nose were covered. */
  readonly coveredFaces?: number;
  /** Frames that repeat one before them pixel by pixel: no camera does that, and they are not counted above. */
  readonly repeated?: number;
  /** How live the pictures themselves look, 0 (like a replay) … 1, and what it is made of. It convicts nobody. */
  readonly passive?: { readonly score: number; readonly parts: Readonly<Record<string, number>> };
  readonly replay?: ReplayMeasurement;
}

/**
 * Why an act does not count in its window: not done; not held; not ended; no rest in the window to rise from; a leap
 * instead of a movement; another face in it; capture times no camera could have; no rest in the neutral phase.
 */
export type LivenessWindowFailure = 'NOT_SEEN' | 'TOO_SHORT' | 'NO_RETURN' | 'NO_REST' | 'CUT' | 'FACE_CHANGED' | 'CLOCK' | 'NO_NEUTRAL';
