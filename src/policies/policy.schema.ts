import { LIMITS } from '@xuejian/protocol';
import { z } from 'zod';
import type { Policy } from '../rules/policy.js';

/** Name of a policy. */
export const policyIdSchema = z
  .string()
  .max(64)
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, { message: 'lower-case words joined by hyphens' });

const HOUR_MS = 3_600_000;

const ms = (min: number, max: number) => z.number().int().min(min).max(max);
const count = (min: number, max: number) => z.number().int().min(min).max(max);
const distance = z.number().gt(0).max(2);

const shape = z.strictObject({
  id: policyIdSchema,
  version: count(1, 1_000_000),
  source: z.string().min(1).max(LIMITS.textChars),
  classHour: z.strictObject({ minMinutes: z.number().min(1).max(240) }),
  playback: z.strictObject({
    maxRate: z.number().min(1).max(4),
    forwardSeek: z.enum(['DENY', 'ALLOW']),
    rewind: z.enum(['ALLOW', 'DENY']),
    errorMs: ms(0, 10_000),
    errorRatio: z.number().min(0).max(0.05),
  }),
  completion: z.strictObject({ minCoverage: z.number().gt(0).max(1) }),
  window: z.strictObject({
    maxConcurrent: count(1, 3),
    strategy: z.enum(['KICK_PREVIOUS', 'REJECT_NEW']),
    overlapToleranceMs: ms(0, 60_000),
    scope: z.literal('PERSON'),
  }),
  visibility: z.strictObject({ onHidden: z.literal('PAUSE'), pip: z.literal('DENY'), toleranceMs: ms(0, 60_000) }),
  popup: z.strictObject({
    maxGapMs: ms(10_000, HOUR_MS),
    scheduleMinMs: ms(1_000, HOUR_MS),
    scheduleMaxMs: ms(1_000, HOUR_MS),
    responseTimeoutMs: ms(5_000, HOUR_MS),
    accessibleTimeoutMs: ms(5_000, HOUR_MS),
    maxMissed: count(0, 100),
    onTimeout: z.literal('PAUSE_AND_WITHHOLD'),
    kinds: z.array(z.enum(['NUMBER', 'QUESTION'])).min(1).max(2),
    faceCheckCounts: z.boolean(),
    resumePauseMs: ms(1_000, 24 * HOUR_MS),
  }),
  face: z.strictObject({
    required: z.boolean(),
    randomPerPart: count(0, 20),
    resumePauseMs: ms(1_000, 24 * HOUR_MS),
    matchDistance: distance,
    mismatchDistance: distance,
    minMatchedFrames: count(1, LIMITS.framesPerBurst),
    maxSpread: distance,
    acts: count(1, 6),
    actWindowMs: ms(500, 20_000),
    framesPerSecond: z.number().min(1).max(30),
    attempts: count(1, 20),
    mismatchesToFail: count(1, 20),
    delayMs: ms(0, HOUR_MS),
    responseTimeoutMs: ms(5_000, HOUR_MS),
  }),
  snapshot: z.strictObject({
    minPerPart: count(0, 20),
    scheduledPerPart: count(0, 20),
    maxDelayMs: ms(1_000, 60_000),
    retryWindowMs: ms(0, HOUR_MS),
    retryDelayMs: ms(0, HOUR_MS),
    minLuminance: z.number().min(0).max(255),
    minSharpness: z.number().min(0).max(100_000),
    minInterocularPx: z.number().min(10).max(1_000),
  }),
  sequence: z.strictObject({ scope: z.enum(['PROFESSIONAL', 'ALL', 'NONE']), mode: z.literal('STRICT_LINEAR') }),
  network: z.strictObject({
    heartbeatMs: ms(500, 60_000),
    offlineGraceMs: ms(1_000, 10 * 60_000),
    leaseTtlMs: ms(1_000, HOUR_MS),
    idleCloseMs: ms(1_000, 24 * HOUR_MS),
    clockSkewMs: ms(0, 60_000),
  }),
  invalidation: z.strictObject({ scope: z.enum(['SESSION', 'CLASS_HOUR']) }),
});

/** A relation between two numbers that a profile has to keep, told as a sentence when it does not. */
interface CrossCheck {
  readonly path: readonly [keyof Policy, string];
  readonly holds: (policy: Policy) => boolean;
  readonly sentence: string;
}

const burstFrames = ({ face }: Policy): number =>
  Math.ceil(((face.acts + 1) * face.actWindowMs * face.framesPerSecond) / 1000);

const CROSS_CHECKS: readonly CrossCheck[] = [
  {
    path: ['popup', 'scheduleMinMs'],
    holds: ({ popup }) => popup.scheduleMinMs <= popup.scheduleMaxMs,
    sentence: 'popup.scheduleMinMs must not exceed popup.scheduleMaxMs',
  },
  {
    // A popup drawn at the latest instant must still be seen when the line drops just before it.
    path: ['popup', 'scheduleMaxMs'],
    holds: ({ popup, network }) => popup.scheduleMaxMs + network.offlineGraceMs <= popup.maxGapMs,
    sentence: 'popup.scheduleMaxMs + network.offlineGraceMs must not exceed popup.maxGapMs',
  },
  {
    path: ['popup', 'accessibleTimeoutMs'],
    holds: ({ popup }) => popup.accessibleTimeoutMs >= popup.responseTimeoutMs,
    sentence: 'popup.accessibleTimeoutMs must not be shorter than popup.responseTimeoutMs',
  },
  {
    path: ['popup', 'kinds'],
    holds: ({ popup }) => new Set(popup.kinds).size === popup.kinds.length,
    sentence: 'popup.kinds must not name a kind twice',
  },
  {
    path: ['face', 'matchDistance'],
    holds: ({ face }) => face.matchDistance <= face.mismatchDistance,
    sentence: 'face.matchDistance must not exceed face.mismatchDistance',
  },
  {
    path: ['face', 'mismatchesToFail'],
    holds: ({ face }) => face.mismatchesToFail <= face.attempts,
    sentence: 'face.mismatchesToFail must not exceed face.attempts',
  },
  {
    path: ['face', 'actWindowMs'],
    holds: (policy) => burstFrames(policy) <= LIMITS.framesPerBurst,
    sentence: `(face.acts + 1) windows of face.actWindowMs at face.framesPerSecond must not exceed ${LIMITS.framesPerBurst} frames`,
  },
  {
    path: ['face', 'minMatchedFrames'],
    holds: (policy) => policy.face.minMatchedFrames <= burstFrames(policy),
    sentence: 'face.minMatchedFrames must not exceed the frames of one burst',
  },
  {
    path: ['face', 'responseTimeoutMs'],
    holds: ({ face }) => face.responseTimeoutMs >= (face.acts + 1) * face.actWindowMs + 5_000,
    sentence: 'face.responseTimeoutMs must leave 5 s besides the windows of the acts',
  },
  {
    path: ['snapshot', 'minPerPart'],
    holds: ({ snapshot }) => snapshot.minPerPart <= snapshot.scheduledPerPart,
    sentence: 'snapshot.minPerPart must not exceed snapshot.scheduledPerPart',
  },
  {
    path: ['snapshot', 'retryDelayMs'],
    holds: ({ snapshot }) =>
      snapshot.retryWindowMs === 0 || snapshot.retryDelayMs + snapshot.maxDelayMs <= snapshot.retryWindowMs,
    sentence: 'snapshot.retryDelayMs + snapshot.maxDelayMs must fit into snapshot.retryWindowMs',
  },
  {
    path: ['network', 'heartbeatMs'],
    holds: ({ network }) => network.heartbeatMs < network.offlineGraceMs,
    sentence: 'network.heartbeatMs must be shorter than network.offlineGraceMs',
  },
  {
    path: ['network', 'offlineGraceMs'],
    holds: ({ network }) => network.offlineGraceMs <= network.leaseTtlMs,
    sentence: 'network.offlineGraceMs must not exceed network.leaseTtlMs',
  },
  {
    path: ['network', 'leaseTtlMs'],
    holds: ({ network }) => network.leaseTtlMs <= network.idleCloseMs,
    sentence: 'network.leaseTtlMs must not exceed network.idleCloseMs',
  },
];

/** What a complete policy must be: every number within its range and in step with the others. */
export const policySchema: z.ZodType<Policy> = shape.superRefine((policy, context) => {
  for (const check of CROSS_CHECKS) {
    if (!check.holds(policy)) {
      context.addIssue({ code: 'custom', path: [...check.path], message: check.sentence });
    }
  }
});
