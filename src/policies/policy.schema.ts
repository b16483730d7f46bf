import { LIMITS } from '@xuejian/protocol';
import { z } from 'zod';
import type { Policy } from '../rules/policy.js';
import { CROSS_CHECKS } from './policy-checks.js';

/** Name of a policy. */
export const policyIdSchema = z
  .string()
  .max(64)
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, { message: 'lower-case words joined by hyphens' });

const HOUR_MS = 3_600_000;
/** What the SDK captures of any camera: 640×480. */
const CAPTURED_PIXELS = 307_200;

const count = (min: number, max: number) => z.number().int().min(min).max(max);
const ms = count;
const orNone = <T extends z.ZodType>(schema: T) => schema.nullable();
const share = z.number().min(0).max(1);
const distance = z.number().gt(0).max(2);
const listOf = <const T extends readonly [string, ...string[]]>(...names: T) =>
  z.array(z.enum(names)).max(names.length).refine((list) => new Set(list).size === list.length, { message: 'names one thing twice' });
const acts = listOf('BLINK', 'OPEN_MOUTH', 'TURN_LEFT', 'TURN_RIGHT', 'NOD', 'LEAN_IN').min(2);
const occupations = z.array(z.string().regex(/^[A-Z0-9_-]{1,40}$/)).max(200);
const parameterName = z.string().regex(/^[a-z]+\.[A-Za-z]+$/);

/** Every parameter with its range. Units are in the names, or in `docs/policy.md`. */
export const policyShape = z.strictObject({
  id: policyIdSchema,
  version: count(1, 1_000_000),
  source: z.string().min(1).max(LIMITS.textChars),
  unverified: z.array(z.union([parameterName, z.string().regex(/^[a-zA-Z]+$/)])).max(60),
  departures: z.array(z.strictObject({ parameter: parameterName, provision: z.string().min(1).max(LIMITS.textChars) })).max(20),
  classHour: z.strictObject({
    minMinutes: z.number().min(1).max(240),
    rounding: z.literal('FLOOR'),
    requireContiguous: z.boolean(),
    maxSpanHours: z.number().gt(0).max(24 * 366),
  }),
  online: z.strictObject({
    maxShareOfTotal: share,
    onlyTheory: z.boolean(),
    exemptOccupations: occupations,
    pureOnlineOccupations: occupations,
  }),
  daily: z.strictObject({ maxClassHours: orNone(count(1, 24)), maxHours: orNone(z.number().gt(0).max(24)) }),
  session: z.strictObject({ totalMinutes: orNone(count(1, 10_000)), withinDays: orNone(count(1, 366)) }),
  exclude: listOf('BROWSING', 'TESTING', 'AFTER_FAILED_IDENTITY', 'OVER_DAILY_CAP'),
  playback: z.strictObject({
    maxRate: z.number().min(1).max(4),
    forwardSeek: z.enum(['DENY', 'ALLOW']),
    rewind: z.enum(['ALLOW', 'DENY']),
    reviewModeFreeSpeed: z.boolean(),
    errorMs: ms(0, 10_000),
    errorRatio: z.number().min(0).max(0.05),
  }),
  completion: z.strictObject({ minCoverage: z.number().gt(0).max(1), requireTest: z.boolean() }),
  window: z.strictObject({
    maxConcurrent: count(1, 3),
    strategy: z.enum(['KICK_PREVIOUS', 'REJECT_NEW']),
    overlapToleranceMs: ms(0, 60_000),
    scope: z.literal('PERSON'),
  }),
  visibility: z.strictObject({ onHidden: z.enum(['PAUSE', 'RECORD']), pip: z.enum(['DENY', 'ALLOW']), toleranceMs: ms(0, 60_000) }),
  popup: z.strictObject({
    required: z.boolean(),
    maxGapMs: ms(10_000, HOUR_MS),
    scheduleMinMs: ms(1_000, HOUR_MS),
    scheduleMaxMs: ms(1_000, HOUR_MS),
    responseTimeoutMs: ms(5_000, HOUR_MS),
    accessibleTimeoutMs: ms(5_000, HOUR_MS),
    maxMissed: count(0, 100),
    pausePlayback: z.boolean(),
    onTimeout: z.enum(['PAUSE_AND_WITHHOLD', 'RECORD']),
    kinds: listOf('NUMBER', 'QUESTION').min(1),
    faceCheckCounts: z.boolean(),
    resumePauseMs: ms(1_000, 24 * HOUR_MS),
  }),
  face: z.strictObject({
    required: z.boolean(),
    when: listOf('SESSION_START', 'RANDOM_PER_PART', 'RESUME', 'TAKEOVER'),
    randomPerPart: count(0, 20),
    randomPerDay: orNone(count(1, 100)),
    maxIntervalMs: orNone(ms(60_000, 24 * HOUR_MS)),
    resumePauseMs: ms(1_000, 24 * HOUR_MS),
    maxFmr: z.number().gt(0).max(0.01),
    matchDistance: distance,
    mismatchDistance: distance,
    minMatchedFrames: count(1, LIMITS.framesPerBurst),
    maxSpread: distance,
    acts: count(1, 6),
    actKinds: acts,
    actWindowMs: ms(500, 20_000),
    accessibleActs: count(1, 6),
    accessibleActKinds: acts,
    accessibleActWindowMs: ms(500, 20_000),
    framesPerSecond: z.number().min(1).max(30),
    transferMs: ms(0, 60_000),
    freeInterruptions: count(0, 100),
    passiveDoubt: share,
    doubtsToReview: count(1, 100),
    attempts: count(1, 20),
    lockoutAfter: count(1, 100),
    mismatchesToFail: count(1, 20),
    delayMs: ms(0, HOUR_MS),
    responseTimeoutMs: ms(5_000, HOUR_MS),
    onFail: z.enum(['SUSPEND_AND_REVIEW', 'STOP_TIMING', 'INVALIDATE']),
    alternative: listOf('HUMAN_VIDEO_CHECK', 'IN_PERSON'),
  }),
  camera: z.strictObject({ allowVirtual: z.boolean(), allowPhoneAsWebcam: z.boolean(), minPixels: count(1, CAPTURED_PIXELS), doubtScore: share }),
  snapshot: z.strictObject({
    minPerPart: count(0, 20),
    scheduledPerPart: count(0, 20),
    maxDelayMs: ms(1_000, 60_000),
    retryWindowMs: ms(0, HOUR_MS),
    retryDelayMs: ms(0, HOUR_MS),
    minLuminance: z.number().min(0).max(255),
    minSharpness: z.number().min(0).max(100_000),
    minContrast: z.number().min(0).max(100),
    minInterocularPx: z.number().min(10).max(1_000),
    cue: z.enum(['NONE', 'SOUND', 'VISUAL']),
    embedMeta: z.literal(true),
    randomness: z.enum(['COMMIT_REVEAL_HMAC', 'FIXED_INTERVAL']),
    intervalMs: orNone(ms(60_000, 24 * HOUR_MS)),
  }),
  replay: z.strictObject({ nearBits: count(0, 256), nearDifference: z.number().min(0).max(255), stillDistance: z.number().min(0).max(2) }),
  sequence: z.strictObject({
    scope: z.enum(['PROFESSIONAL', 'ALL', 'NONE']),
    mode: z.literal('STRICT_LINEAR'),
    onlineBeforeOffline: z.boolean(),
  }),
  network: z.strictObject({
    heartbeatMs: ms(500, 60_000),
    offlineGraceMs: ms(1_000, 10 * 60_000),
    leaseTtlMs: ms(1_000, HOUR_MS),
    idleCloseMs: ms(1_000, 24 * HOUR_MS),
    clockSkewMs: ms(0, 60_000),
  }),
  invalidation: z.strictObject({
    scope: z.enum(['SESSION', 'CLASS_HOUR', 'SEGMENT', 'STUDY_RECORD']),
    strictColumn: z.literal(true),
    maxInvalidShare: orNone(share),
    maxMissedChecks: orNone(count(0, 10_000)),
    ofChecks: orNone(count(1, 10_000)),
  }),
  makeup: z.strictObject({
    approval: z.enum(['HRSS', 'NONE']),
    deadline: z.enum(['BEFORE_FINAL_ASSESSMENT', 'WORKDAYS_AFTER_LIVE']),
    deadlineWorkdaysAfterLive: orNone(count(1, 100)),
  }),
  retention: z.strictObject({
    snapshotMonths: count(1, 120),
    recordYears: count(1, 30),
    consentYears: count(3, 30),
    securityLogMonths: count(6, 120),
    disputedCaptureDays: count(1, 365),
    archiveYears: orNone(count(1, 30)),
    specialOperationsYears: orNone(count(1, 30)),
    managersYears: orNone(count(1, 30)),
  }),
  eligibility: z.strictObject({ cooldownMonths: count(0, 60), requirePriorAssessed: z.boolean() }),
  platform: z.strictObject({ barYears: count(0, 30), requireCatalogue: z.boolean(), requireVideoApproval: z.boolean() }),
  cohort: z.strictObject({ maxSize: count(1, 10_000), certificateOnlyMinHours: count(0, 10_000) }),
  satisfaction: z.strictObject({ min: share, rectificationMonths: count(0, 60), minResponses: count(1, 10_000) }),
  support: z.strictObject({ answerHours: orNone(z.number().gt(0).max(1_000)), fixWorkdays: orNone(count(1, 100)) }),
  report: z.strictObject({ adapter: z.enum(['HENAN', 'SHANGHAI', 'GENERIC']) }),
});

/** What a complete policy must be: every number within its range and in step with the others. */
export const policySchema: z.ZodType<Policy> = policyShape.superRefine((policy, context) => {
  for (const check of CROSS_CHECKS) {
    if (!check.holds(policy)) context.addIssue({ code: 'custom', path: [...check.path], message: check.sentence });
  }
});
