/** What a burst is worth under a policy. Liveness and match stand or fall on the same frames. */
import type { LivenessMeasurement } from './event.js';
import type { Policy } from './policy.js';

export type LivenessFailure =
  | 'FACE_ABSENT'
  | 'FACE_COVERED'
  | 'MULTIPLE_FACES'
  | 'MISMATCH'
  | 'UNCERTAIN'
  | 'ACT_NOT_SEEN'
  | 'WRONG_ACT'
  | 'FACE_CHANGED'
  | 'UNREADABLE'
  /** Frames came that had come before. */
  | 'REPLAYED'
  /** The frames of an act that had been told did not come in its time. */
  | 'ACT_TOO_LATE'
  /** Cut off after an act had been told, more often than the policy lets go by. */
  | 'INTERRUPTED';

export type LivenessOutcome = { readonly passed: true } | { readonly passed: false; readonly failure: LivenessFailure };

/** Judges one burst by the policy's thresholds. `acts`: how many were demanded; fewer measured fail closed. */
export function judgeLiveness(measurement: LivenessMeasurement, policy: Policy, acts = policy.face.acts): LivenessOutcome {
  const { matchDistance, mismatchDistance, minMatchedFrames, maxSpread } = policy.face;
  const fail = (failure: LivenessFailure): LivenessOutcome => ({ passed: false, failure });
  if (measurement.failure === 'TOO_FEW_FRAMES' || measurement.failure === 'IMAGE_ABSENT') return fail('FACE_ABSENT');
  if (measurement.failure !== null) return fail('UNREADABLE');
  if (measurement.oneFace + measurement.manyFaces === 0 || measurement.noFace > measurement.frames / 2) return fail('FACE_ABSENT');
  if (measurement.manyFaces > measurement.frames / 4) return fail('MULTIPLE_FACES');
  if ((measurement.coveredFaces ?? 0) > measurement.frames / 2) return fail('FACE_COVERED');
  if (measurement.distances.length < minMatchedFrames) return fail('FACE_ABSENT');
  const deciding = measurement.distances[minMatchedFrames - 1] ?? Infinity;
  if ((measurement.distances[0] ?? Infinity) > mismatchDistance) return fail('MISMATCH');
  if (deciding > matchDistance) return fail('UNCERTAIN');
  if (measurement.replay !== undefined && measurement.replay.exact !== null) return fail('REPLAYED');
  if (measurement.spread === null || measurement.spread > maxSpread) return fail('FACE_CHANGED');
  if (measurement.acts.some((act) => act.otherSeen !== null)) return fail('WRONG_ACT');
  if (measurement.acts.length < acts || measurement.acts.some((act) => !act.seen)) return fail('ACT_NOT_SEEN');
  return { passed: true };
}
