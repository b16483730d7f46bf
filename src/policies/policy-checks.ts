/** Relations between numbers that every profile has to keep. */
import { LIMITS } from '@xuejian/protocol';
import { partMs, type Policy } from '../rules/policy.js';

/** One relation, told as a sentence when a profile does not keep it. */
interface CrossCheck {
  readonly path: readonly [keyof Policy, ...string[]];
  readonly holds: (policy: Policy) => boolean;
  readonly sentence: string;
}

/** Frames of the longest window of one act. */
const burstFrames = ({ face }: Policy): number =>
  Math.ceil((Math.max(face.actWindowMs, face.accessibleActWindowMs) * face.framesPerSecond) / 1000);

const isNamed = (policy: Policy, parameter: string): boolean => {
  const [section = '', name = ''] = parameter.split('.');
  const values: unknown = policy[section as keyof Policy];
  return typeof values === 'object' && values !== null && Object.hasOwn(values, name);
};

export const CROSS_CHECKS: readonly CrossCheck[] = [
  {
    path: ['unverified'],
    holds: (policy) => policy.unverified.every((name) => name === 'all' || Object.hasOwn(policy, name) || isNamed(policy, name)),
    sentence: 'unverified names a section or a parameter that does not exist',
  },
  {
    path: ['departures'],
    holds: (policy) => policy.departures.every(({ parameter }) => isNamed(policy, parameter)),
    sentence: 'departures names a parameter that does not exist',
  },
  {
    path: ['session', 'withinDays'],
    holds: ({ session }) => (session.totalMinutes === null) === (session.withinDays === null),
    sentence: 'session.totalMinutes and session.withinDays belong together',
  },
  {
    // The others earn nothing in any case: only play of the lesson is credited, and none while a face check is owed.
    path: ['exclude'],
    holds: ({ exclude, daily }) => !exclude.includes('OVER_DAILY_CAP') || daily.maxClassHours !== null || daily.maxHours !== null,
    sentence: 'exclude names OVER_DAILY_CAP, but daily.* sets no cap',
  },
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
    path: ['face', 'lockoutAfter'],
    holds: ({ face }) => face.attempts <= face.lockoutAfter,
    sentence: 'face.attempts must not exceed face.lockoutAfter',
  },
  {
    path: ['face', 'randomPerPart'],
    holds: ({ face }) => face.when.includes('RANDOM_PER_PART') === face.randomPerPart > 0,
    sentence: 'face.when names RANDOM_PER_PART exactly when face.randomPerPart is above 0',
  },
  {
    path: ['face', 'framesPerSecond'],
    holds: (policy) => burstFrames(policy) <= LIMITS.framesPerBurst,
    sentence: `the longest window of an act at face.framesPerSecond must not exceed ${LIMITS.framesPerBurst} frames`,
  },
  {
    path: ['face', 'accessibleActWindowMs'],
    holds: ({ face }) => face.accessibleActWindowMs >= face.actWindowMs,
    sentence: 'face.accessibleActWindowMs must not be shorter than face.actWindowMs',
  },
  {
    path: ['face', 'accessibleActs'],
    holds: ({ face }) => face.accessibleActs <= face.acts,
    sentence: 'face.accessibleActs must not exceed face.acts',
  },
  {
    path: ['face', 'minMatchedFrames'],
    holds: (policy) => policy.face.minMatchedFrames <= burstFrames(policy),
    sentence: 'face.minMatchedFrames must not exceed the frames of one burst',
  },
  {
    // The neutral phase comes within the time to respond; each act has a time of its own.
    path: ['face', 'responseTimeoutMs'],
    holds: ({ face }) => face.responseTimeoutMs >= face.accessibleActWindowMs + face.transferMs,
    sentence: 'face.responseTimeoutMs must hold the longest window of an act and face.transferMs',
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
    path: ['snapshot', 'intervalMs'],
    holds: ({ snapshot }) => (snapshot.randomness === 'FIXED_INTERVAL') === (snapshot.intervalMs !== null),
    sentence: 'snapshot.intervalMs is given exactly under snapshot.randomness FIXED_INTERVAL',
  },
  {
    path: ['snapshot', 'intervalMs'],
    holds: (policy) => (policy.snapshot.intervalMs ?? 0) <= partMs(policy),
    sentence: 'snapshot.intervalMs must not exceed a class hour, each of which needs its picture',
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
  {
    path: ['invalidation', 'ofChecks'],
    holds: ({ invalidation: { maxMissedChecks, ofChecks } }) =>
      (maxMissedChecks === null) === (ofChecks === null) && (maxMissedChecks ?? 0) <= (ofChecks ?? 0),
    sentence: 'invalidation.maxMissedChecks belongs to invalidation.ofChecks and must not exceed it',
  },
  {
    path: ['makeup', 'deadlineWorkdaysAfterLive'],
    holds: ({ makeup }) => (makeup.deadline === 'WORKDAYS_AFTER_LIVE') === (makeup.deadlineWorkdaysAfterLive !== null),
    sentence: 'makeup.deadlineWorkdaysAfterLive is given exactly under makeup.deadline WORKDAYS_AFTER_LIVE',
  },
];
