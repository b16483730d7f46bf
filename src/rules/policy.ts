/**
 * Every number the rules use, with its unit in its name. Profiles are data (`src/policies/profiles`): another
 * province is another file. The engine reads nothing but this object, which the journal's first entry carries.
 */
export interface Policy {
  readonly id: string;
  readonly version: number;
  /** Where the numbers come from. */
  readonly source: string;
  readonly classHour: { readonly minMinutes: number };
  readonly playback: {
    readonly maxRate: number;
    readonly forwardSeek: 'DENY' | 'ALLOW';
    readonly rewind: 'ALLOW' | 'DENY';
    /** Measurement error of position against server time: constant part and part that grows with time. */
    readonly errorMs: number;
    readonly errorRatio: number;
  };
  readonly completion: { readonly minCoverage: number };
  readonly window: {
    readonly maxConcurrent: number;
    readonly strategy: 'KICK_PREVIOUS' | 'REJECT_NEW';
    readonly overlapToleranceMs: number;
    readonly scope: 'PERSON';
  };
  readonly visibility: {
    readonly onHidden: 'PAUSE';
    readonly pip: 'DENY';
    /** Play while hidden or in picture-in-picture longer than this fails R2. */
    readonly toleranceMs: number;
  };
  readonly popup: {
    readonly maxGapMs: number;
    readonly scheduleMinMs: number;
    readonly scheduleMaxMs: number;
    readonly responseTimeoutMs: number;
    readonly accessibleTimeoutMs: number;
    readonly maxMissed: number;
    readonly onTimeout: 'PAUSE_AND_WITHHOLD';
    readonly kinds: readonly ('NUMBER' | 'QUESTION')[];
    readonly faceCheckCounts: boolean;
    /** A pause longer than this begins again with a popup. */
    readonly resumePauseMs: number;
  };
  readonly face: {
    readonly required: boolean;
    readonly randomPerPart: number;
    /** A pause longer than this begins again with a face check. */
    readonly resumePauseMs: number;
    /** Descriptor distance: at or under it the same person; over `mismatchDistance` another one; between: look again. */
    readonly matchDistance: number;
    readonly mismatchDistance: number;
    /** Frames of a burst that must match, and largest distance between two of them. */
    readonly minMatchedFrames: number;
    readonly maxSpread: number;
    readonly acts: number;
    readonly actWindowMs: number;
    readonly framesPerSecond: number;
    readonly attempts: number;
    /** Tries with another person's face after which the session fails. */
    readonly mismatchesToFail: number;
    readonly delayMs: number;
    readonly responseTimeoutMs: number;
  };
  readonly snapshot: {
    readonly minPerPart: number;
    readonly scheduledPerPart: number;
    /** A capture that arrives later than this after its instant does not qualify. */
    readonly maxDelayMs: number;
    readonly retryWindowMs: number;
    /** Time between a failed capture and its retry, so that the trainee can come back into view. */
    readonly retryDelayMs: number;
    readonly minLuminance: number;
    readonly minSharpness: number;
    readonly minInterocularPx: number;
  };
  readonly sequence: { readonly scope: 'PROFESSIONAL' | 'ALL' | 'NONE'; readonly mode: 'STRICT_LINEAR' };
  readonly network: {
    readonly heartbeatMs: number;
    readonly offlineGraceMs: number;
    readonly leaseTtlMs: number;
    readonly idleCloseMs: number;
    /** Clocks of client and server may part by this over a minute. */
    readonly clockSkewMs: number;
  };
  readonly invalidation: { readonly scope: 'SESSION' | 'CLASS_HOUR' };
}

/** Length of one part of a lesson for checks once per class hour, ms. */
export const partMs = (policy: Policy): number => policy.classHour.minMinutes * 60_000;
