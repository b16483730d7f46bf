import type { LivenessReason } from './event.js';
import type { LivenessMatchSlice } from './liveness-match.js';
import type { FaceCheckOccasion, Policy } from './policy.js';

const OCCASIONS: { readonly [K in LivenessReason]?: FaceCheckOccasion } = {
  SESSION_START: 'SESSION_START', RANDOM: 'RANDOM_PER_PART', RESUME: 'RESUME', TAKEOVER: 'TAKEOVER',
};

/** The policy may leave occasions out; a doubt always calls for a face check, where they are asked for at all. */
export function isAskedFor(reason: LivenessReason, { face }: Policy): boolean {
  const occasion = OCCASIONS[reason];
  return face.required && (occasion === undefined || face.when.includes(occasion));
}

/** A check that is owed already is not owed twice. */
export const oweFaceCheck = (slice: LivenessMatchSlice, reason: LivenessReason, policy: Policy): LivenessMatchSlice =>
  slice.need === null && isAskedFor(reason, policy) ? { ...slice, need: { reason, part: null } } : slice;
