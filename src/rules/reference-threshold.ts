import type { Policy } from './policy.js';

/** With what the trainee's face is compared. */
export interface ReferenceFacts {
  readonly version: number;
  /** Photos behind the template. */
  readonly photos: number;
  /** Operating point of such a template, and its descriptor distance: a policy may be stricter, not looser. */
  readonly operatingPoint: string;
  readonly maxDistance: number;
  /** Upper bound of the false match rate it stands for, and the models whose descriptors were measured (names, versions, hashes). */
  readonly maxFmr?: number;
  readonly models?: string | null;
}

/** The policy with the match distance that the trainee's template bears: of several photos it is told apart more sharply. */
export const atOperatingPoint = (policy: Policy, reference: ReferenceFacts | undefined): Policy =>
  reference === undefined || reference.maxDistance >= policy.face.matchDistance
    ? policy
    : { ...policy, face: { ...policy.face, matchDistance: reference.maxDistance } };
