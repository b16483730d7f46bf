import type { LivenessAct } from './event.js';

/**
 * Every number the rules use, with its unit in its name. Profiles are data (`src/policies/profiles`): another
 * province is another file. The engine reads nothing but this object, which the journal's first entry carries.
 * `docs/policy.md` gives unit, range, reason and reader of every parameter.
 */
export interface Policy {
  readonly id: string;
  readonly version: number;
  /** Where the numbers come from. */
  readonly source: string;
  /** Sections or `section.parameter`s whose source could not be read in the original; `all`: none could. */
  readonly unverified: readonly string[];
  /** Switches that this profile's own regime demands otherwise than the notice, each with the provision that does. */
  readonly departures: readonly { readonly parameter: string; readonly provision: string }[];
  readonly classHour: {
    readonly minMinutes: number;
    readonly rounding: 'FLOOR';
    /** A class hour may not join stretches from several sessions. */
    readonly requireContiguous: boolean;
    /** From the first to the last stretch joined into one class hour. */
    readonly maxSpanHours: number;
  };
  readonly online: {
    readonly maxShareOfTotal: number;
    readonly onlyTheory: boolean;
    /** Occupation codes without the share's limit, and those that may be taught purely online. */
    readonly exemptOccupations: readonly string[];
    readonly pureOnlineOccupations: readonly string[];
  };
  readonly daily: { readonly maxClassHours: number | null; readonly maxHours: number | null };
  /** Study that must come together within a time: so many minutes within so many days. */
  readonly session: { readonly totalMinutes: number | null; readonly withinDays: number | null };
  /** Time that earns no class hour. */
  readonly exclude: readonly CreditExclusion[];
  readonly playback: {
    readonly maxRate: number;
    readonly forwardSeek: 'DENY' | 'ALLOW';
    readonly rewind: 'ALLOW' | 'DENY';
    /** Watching again after completion, without credit, at any speed. */
    readonly reviewModeFreeSpeed: boolean;
    /** Measurement error of position against server time: constant part and part that grows with time. */
    readonly errorMs: number;
    readonly errorRatio: number;
  };
  readonly completion: { readonly minCoverage: number; readonly requireTest: boolean };
  readonly window: {
    readonly maxConcurrent: number;
    readonly strategy: 'KICK_PREVIOUS' | 'REJECT_NEW';
    readonly overlapToleranceMs: number;
    readonly scope: 'PERSON';
  };
  readonly visibility: {
    readonly onHidden: 'PAUSE' | 'RECORD';
    readonly pip: 'DENY' | 'ALLOW';
    /** Play while hidden or in picture-in-picture longer than this fails R2. */
    readonly toleranceMs: number;
  };
  readonly popup: {
    readonly required: boolean;
    readonly maxGapMs: number;
    readonly scheduleMinMs: number;
    readonly scheduleMaxMs: number;
    readonly responseTimeoutMs: number;
    readonly accessibleTimeoutMs: number;
    readonly maxMissed: number;
    /** Play is held while a popup stands open. */
    readonly pausePlayback: boolean;
    readonly onTimeout: 'PAUSE_AND_WITHHOLD' | 'RECORD';
    readonly kinds: readonly ('NUMBER' | 'QUESTION')[];
    readonly faceCheckCounts: boolean;
    /** A pause longer than this begins again with a popup. */
    readonly resumePauseMs: number;
  };
  readonly face: {
    readonly required: boolean;
    readonly when: readonly FaceCheckOccasion[];
    readonly randomPerPart: number;
    /** Random checks in a day of study at the least; raises `randomPerPart` where that would give fewer. */
    readonly randomPerDay: number | null;
    /** Longest credited time without a passed face check. */
    readonly maxIntervalMs: number | null;
    /** A pause longer than this begins again with a face check. */
    readonly resumePauseMs: number;
    /** False match rate that the engine's `matchDistance` must not exceed, as its maker or a bench states it. */
    readonly maxFmr: number;
    /** Descriptor distance: at or under it the same person; over `mismatchDistance` another one; between: look again. */
    readonly matchDistance: number;
    readonly mismatchDistance: number;
    /** Frames of a burst that must match, and largest distance between two of them. */
    readonly minMatchedFrames: number;
    readonly maxSpread: number;
    /** Acts of one challenge, the kinds they are drawn from, and how long each is prompted. */
    readonly acts: number;
    readonly actKinds: readonly LivenessAct[];
    readonly actWindowMs: number;
    /** The same for trainees entitled to an easier challenge. */
    readonly accessibleActs: number;
    readonly accessibleActKinds: readonly LivenessAct[];
    readonly accessibleActWindowMs: number;
    readonly framesPerSecond: number;
    /** Time beyond an act's window in which its frames may still arrive: what the slowest line needs. */
    readonly transferMs: number;
    /** Challenges cut off after an act was told that cost no try, for one check. */
    readonly freeInterruptions: number;
    /** Passive score under which a burst is doubtful, and doubtful bursts of a session after which a person looks. */
    readonly passiveDoubt: number;
    readonly doubtsToReview: number;
    /** Tries before the trainee has to wait `delayMs`; and tries in all before machine checks end. */
    readonly attempts: number;
    readonly lockoutAfter: number;
    /** Tries with another person's face after which the session fails. */
    readonly mismatchesToFail: number;
    readonly delayMs: number;
    readonly responseTimeoutMs: number;
    /** What tries exhausted lead to: a person looks, the clock stands until a pass, or the session is void. */
    readonly onFail: 'SUSPEND_AND_REVIEW' | 'STOP_TIMING' | 'INVALIDATE';
    readonly alternative: readonly FaceAlternative[];
  };
  readonly camera: {
    readonly allowVirtual: boolean;
    readonly allowPhoneAsWebcam: boolean;
    /** Of a snapshot as it comes: a lens that gives less is asked to be exchanged before anything is studied in vain. */
    readonly minPixels: number;
    /** Weight of the signs of a made-up stream (`camera-tells.ts`), 0…1, from which more is asked of the trainee. */
    readonly doubtScore: number;
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
    /** Standard deviation of grey levels; less, without a face, is a covered lens. */
    readonly minContrast: number;
    readonly minInterocularPx: number;
    /** What tells the trainee of a capture. */
    readonly cue: 'NONE' | 'SOUND' | 'VISUAL';
    /** Session, server time and index are written into the picture. */
    readonly embedMeta: true;
    readonly randomness: 'COMMIT_REVEAL_HMAC' | 'FIXED_INTERVAL';
    /** Credited time between captures under `FIXED_INTERVAL`. */
    readonly intervalMs: number | null;
  };
  /** How near an earlier picture makes a new one doubtful. An exact repeat needs no number. */
  readonly replay: {
    /** Both at once: differing bits of 256, and mean difference of the grey copies, grey levels. */
    readonly nearBits: number;
    readonly nearDifference: number;
    /** Descriptor distance between two snapshots of a session. */
    readonly stillDistance: number;
  };
  readonly sequence: {
    readonly scope: 'PROFESSIONAL' | 'ALL' | 'NONE';
    readonly mode: 'STRICT_LINEAR';
    readonly onlineBeforeOffline: boolean;
  };
  readonly network: {
    readonly heartbeatMs: number;
    readonly offlineGraceMs: number;
    readonly leaseTtlMs: number;
    readonly idleCloseMs: number;
    /** Clocks of client and server may part by this over a minute. */
    readonly clockSkewMs: number;
  };
  readonly invalidation: {
    readonly scope: InvalidationScope;
    /** The report prints the reading under which any finding voids the enrolment. */
    readonly strictColumn: true;
    /** Invalid share of the online hours over which the enrolment is invalid unless made up. */
    readonly maxInvalidShare: number | null;
    /** Checks that may be missed of so many issued before the enrolment is invalid. */
    readonly maxMissedChecks: number | null;
    readonly ofChecks: number | null;
  };
  readonly makeup: {
    readonly approval: 'HRSS' | 'NONE';
    readonly deadline: 'BEFORE_FINAL_ASSESSMENT' | 'WORKDAYS_AFTER_LIVE';
    readonly deadlineWorkdaysAfterLive: number | null;
  };
  /** How long what is kept; counted from disbursement of the subsidy, or from the end of an objection. */
  readonly retention: {
    readonly snapshotMonths: number;
    readonly recordYears: number;
    readonly consentYears: number;
    readonly securityLogMonths: number;
    readonly disputedCaptureDays: number;
    /** Sector rules on the trainee's archive; the longest that applies wins. */
    readonly archiveYears: number | null;
    readonly specialOperationsYears: number | null;
    readonly managersYears: number | null;
  };
  readonly eligibility: { readonly cooldownMonths: number; readonly requirePriorAssessed: boolean };
  readonly platform: { readonly barYears: number; readonly requireCatalogue: boolean; readonly requireVideoApproval: boolean };
  readonly cohort: { readonly maxSize: number; readonly certificateOnlyMinHours: number };
  readonly satisfaction: { readonly min: number; readonly rectificationMonths: number; readonly minResponses: number };
  /** What the platform owes a trainee who asks for help. */
  readonly support: { readonly answerHours: number | null; readonly fixWorkdays: number | null };
  readonly report: { readonly adapter: 'HENAN' | 'SHANGHAI' | 'GENERIC' };
}

export type FaceCheckOccasion = 'SESSION_START' | 'RANDOM_PER_PART' | 'RESUME' | 'TAKEOVER';
export type FaceAlternative = 'HUMAN_VIDEO_CHECK' | 'IN_PERSON';
export type CreditExclusion = 'BROWSING' | 'TESTING' | 'AFTER_FAILED_IDENTITY' | 'OVER_DAILY_CAP';

/**
 * What a failed check voids. SESSION: the session, which ends. STUDY_RECORD: the same, named as the regimes name it that
 * void 相应学习记录. CLASS_HOUR: each class hour that the finding overlaps; the session goes on. SEGMENT: only the credited
 * time that the finding overlaps; the session goes on.
 */
export type InvalidationScope = 'SESSION' | 'CLASS_HOUR' | 'SEGMENT' | 'STUDY_RECORD';

/** Length of one part of a lesson for checks once per class hour, ms. */
export const partMs = (policy: Policy): number => policy.classHour.minMinutes * 60_000;

/** A working day of study where the policy states none: eight hours (劳动法 art. 36). */
const STUDY_DAY_HOURS = 8;

/** Random face checks in each part of a lesson: as many as the policy asks per part, or per day of study if that is more. */
export function randomFaceChecksPerPart(policy: Policy): number {
  const { face, daily } = policy;
  if (!face.required || !face.when.includes('RANDOM_PER_PART')) return 0;
  if (face.randomPerDay === null) return face.randomPerPart;
  const dayMs = (daily.maxHours ?? STUDY_DAY_HOURS) * 3_600_000;
  return Math.max(face.randomPerPart, Math.ceil((face.randomPerDay * partMs(policy)) / dayMs));
}

/** The session goes on after a failed check, which voids a stretch of it only. */
export const goesOnAfterFailure = ({ invalidation }: Policy): boolean =>
  invalidation.scope === 'CLASS_HOUR' || invalidation.scope === 'SEGMENT';
