/** R4 无法进行人脸活体比对: liveness and 1:1 match from one capture, at the start, at random once per class hour, on resume. */
import type { CameraState } from './camera.js';
import { lookAtCamera, type SeenCamera, takeCameraReport } from './camera-watch.js';
import type { Want } from './command.js';
import { isFailure } from './effects.js';
import type { AlternativeReason, ConnectionJoined, LivenessDemand, LivenessJudged, LivenessReason, SessionEvent } from './event.js';
import {
  askAfresh, endWait, failTry, givenUpAt, giveUp, isAbandonable, isUnseen, isWithPeople, openAlternative, pass, requestAlternative, takeDecision,
} from './face-alternative.js';
import { closeIfLate, cutOff, demandOf, opened, type OpenFaceCheck, prompt, receive } from './face-check.js';
import { isAskedFor, oweFaceCheck } from './face-occasion.js';
import { finding } from './finding.js';
import { oweAfterDoubt, weighReplay } from './liveness-replay.js';
import { judgeLiveness, type LivenessFailure } from './liveness-outcome.js';
import type { AlternativeKind } from './outside-event.js';
import type { Applied, Rule, RuleContext } from './rule.js';
import { dueOnTimeline, pausedMs } from './rule.js';

export interface FaceCheckNeed {
  readonly reason: LivenessReason;
  readonly part: number | null;
}

export interface LivenessMatchSlice {
  readonly need: FaceCheckNeed | null;
  readonly open: OpenFaceCheck | null;
  /** What the next check asks for. */
  readonly demand: LivenessDemand;
  /** The check that is owed has been left unanswered before: told once, asked again until someone comes. */
  readonly isUnanswered: boolean;
  /** Since the last pass. */
  readonly failedTries: number;
  readonly mismatches: number;
  /** Checks cut off after an act had been told, since the last pass. */
  readonly interruptions: number;
  /** Bursts of the session whose passive score was low. */
  readonly doubts: number;
  /** Bursts of the session with frames that had come before. */
  readonly replays: number;
  /** Server time at which a burst last came or was judged. */
  readonly lastTriedAt: number | null;
  readonly passed: number;
  /** The passes: journal entry, and credited time at it. */
  readonly passes: readonly { readonly seq: number; readonly creditedMs: number }[];
  /** The next try may begin at this server time; null: at once. */
  readonly waitsUntil: number | null;
  /** Server time at which the tries were used up: from then on only a person can let the trainee go on. */
  readonly lockedAt: number | null;
  /** Nobody of the staff came, or the trainee did not wait: found once, also where the session goes on. */
  readonly hasGivenUp: boolean;
  /** Why the trainee has asked for people instead of the machine, or null. */
  readonly asked: AlternativeReason | null;
  /** The alternative route that staff have opened, or null. */
  readonly alternative: AlternativeKind | null;
  /** Random checks of the schedule already asked for. */
  readonly nextRandom: number;
  readonly camera: CameraState;
  readonly seen: SeenCamera | null;
  readonly lastFailure: LivenessFailure | null;
  readonly deviceId: string | null;
  /** Play claimed in defiance of a face check that was owed, ms. */
  readonly defiedMs: number;
}

export const livenessMatch: Rule<LivenessMatchSlice> = {
  start: ({ policy, isAccessible }) => ({
    need: isAskedFor('SESSION_START', policy) ? { reason: 'SESSION_START', part: null } : null,
    open: null,
    demand: demandOf(policy, isAccessible, false),
    isUnanswered: false,
    failedTries: 0,
    mismatches: 0,
    interruptions: 0,
    doubts: 0,
    replays: 0,
    lastTriedAt: null,
    passed: 0,
    passes: [],
    waitsUntil: null,
    lockedAt: null,
    hasGivenUp: false,
    asked: null,
    alternative: null,
    nextRandom: 0,
    camera: 'USABLE',
    seen: null,
    lastFailure: null,
    deviceId: null,
    defiedMs: 0,
  }),

  apply(slice, event, context) {
    const doubted = context.signals.reduce(
      (kept, signal) => (signal.type === 'face-check.owed' ? oweFaceCheck(kept, signal.reason, context.policy) : kept),
      slice,
    );
    const taken = takeEvent(doubted, event, context);
    if (taken.findings?.some(isFailure) === true) return taken;
    const late = closeIfLate(taken.slice, context);
    const waited = endWait(late.slice, context);
    return {
      ...taken,
      slice: oweIfDue(waited.slice, context),
      findings: [...(taken.findings ?? []), ...(late.findings ?? []), ...(waited.findings ?? [])],
    };
  },

  holds: (slice) => [
    ...(slice.need === null ? [] : [isWithPeople(slice) ? ('ALTERNATIVE' as const) : ('FACE_CHECK' as const)]),
    ...(slice.camera === 'USABLE' || (slice.camera !== 'SUSPECT' && isUnseen(slice)) ? [] : (['CAMERA'] as const)),
  ],

  wants: (slice): readonly Want[] =>
    slice.need === null || slice.open !== null || slice.waitsUntil !== null || isWithPeople(slice) || isBlind(slice)
      ? []
      : [{ type: 'liveness.request', reason: slice.need.reason, part: slice.need.part, attempt: slice.failedTries + 1, demand: slice.demand }],

  deadline(slice, context) {
    if (slice.open !== null) return slice.open.isReceived ? null : slice.open.deadlineAt;
    if (slice.waitsUntil !== null) return slice.waitsUntil;
    const overAt = givenUpAt(slice, context.policy);
    if (overAt !== null) return overAt;
    const dueMs = Math.min(context.schedule?.faceChecks[slice.nextRandom]?.atMs ?? Infinity, intervalEndMs(slice, context));
    return dueOnTimeline(dueMs, context);
  },

  outstanding(slice, { opened, schedule }) {
    if (!opened.policy.face.required) return null;
    const isDone = slice.need === null && slice.passed > 0 && slice.nextRandom >= (schedule?.faceChecks.length ?? 0);
    return isDone ? null : 'R4_NOT_PERFORMED';
  },
};

function takeEvent(slice: LivenessMatchSlice, event: SessionEvent, context: RuleContext): Applied<LivenessMatchSlice> {
  switch (event.type) {
    case 'connection.joined':
      return join(slice, event, context);
    case 'consent.withdrawn':
      return { slice: askAfresh(slice) };
    case 'consent.given':
      return { slice: slice.asked === 'REFUSES_FACE' ? { ...slice, asked: null } : slice };
    case 'liveness.requested':
      return { slice: { ...slice, open: opened(event, slice, context.policy) } };
    case 'liveness.prompted':
      return { slice: prompt(slice, event, context.policy) };
    case 'liveness.received':
      return { slice: receive(slice, event) };
    case 'liveness.judged':
      return slice.open?.checkId === event.checkId ? judge(slice, slice.open, event, context) : { slice };
    case 'check.failed':
      return slice.open?.checkId === event.checkId ? providerDown(slice, context) : { slice };
    case 'beat.received':
      return takePlay(slice, event.state === 'PLAYING', context);
    case 'window.reported':
      return takeCameraReport(slice, event, context);
    case 'alternative.requested':
      return requestAlternative(slice, event, context);
    case 'alternative.opened':
      return openAlternative(slice, event, context);
    case 'alternative.decided':
      return slice.alternative === event.kind ? takeDecision(slice, event, context) : { slice };
    case 'finish.requested':
      return isAbandonable(slice) ? giveUp(slice, context) : { slice };
    default:
      return { slice };
  }
}

function join(slice: LivenessMatchSlice, event: ConnectionJoined, context: RuleContext): Applied<LivenessMatchSlice> {
  const isOtherDevice = slice.deviceId !== null && slice.deviceId !== event.deviceId;
  const cut = cutOff({ ...slice, deviceId: event.deviceId }, context);
  const seen = lookAtCamera(cut.slice, event.camera, context);
  return {
    slice: isOtherDevice ? oweFaceCheck(seen.slice, 'TAKEOVER', context.policy) : oweAfterPause(seen.slice, context),
    findings: [...(cut.findings ?? []), ...(seen.findings ?? [])],
  };
}

function judge(slice: LivenessMatchSlice, open: OpenFaceCheck, event: LivenessJudged, context: RuleContext): Applied<LivenessMatchSlice> {
  const doubted = weigh({ ...slice, lastTriedAt: context.at }, event, context);
  const compared = weighReplay(doubted.slice, event, context);
  const judged = decide(compared.slice, open, event, context);
  const findings = [...(doubted.findings ?? []), ...(compared.findings ?? []), ...(judged.findings ?? [])];
  return { ...judged, slice: oweAfterDoubt(judged.slice, open.reason, event, context), findings };
}

function decide(slice: LivenessMatchSlice, open: OpenFaceCheck, { checkId, measurement }: LivenessJudged, context: RuleContext): Applied<LivenessMatchSlice> {
  const { policy, at, seq } = context;
  const outcome = judgeLiveness(measurement, policy, open.demand.acts);
  if (outcome.passed) return pass(slice, context, policy.popup.faceCheckCounts);
  const { failure } = outcome;
  // To be asked to take the mask off is no try lost.
  if (failure === 'FACE_COVERED') return { slice: { ...slice, open: null, lastFailure: failure }, findings: [finding('R4_FACE_COVERED', at, seq, { checkId })] };
  return failTry(slice, { checkId, failure, distance: measurement.distances[0] ?? null }, context);
}

/** A low passive score fails nobody: it asks for one act more next time, and again and again it is for a person to look at. */
function weigh(slice: LivenessMatchSlice, { checkId, measurement: { passive } }: LivenessJudged, { opened: { isAccessible }, policy, at, seq }: RuleContext): Applied<LivenessMatchSlice> {
  const isDoubted = passive !== undefined && passive.score < policy.face.passiveDoubt;
  const next = { ...slice, demand: demandOf(policy, isAccessible, isDoubted) };
  if (!isDoubted) return { slice: next };
  const doubts = slice.doubts + 1;
  const detail = { checkId, score: passive.score, threshold: policy.face.passiveDoubt, doubts, isRepeated: doubts >= policy.face.doubtsToReview };
  return { slice: { ...next, doubts }, findings: [finding('R4_PASSIVE_DOUBT', at, seq, detail)] };
}

/** There is no camera to take a face check with, or not one that could be believed. */
const isBlind = ({ camera }: LivenessMatchSlice): boolean => camera === 'MISSING' || camera === 'SUSPECT' || camera === 'SMALL';

/** Our failure, not the trainee's: no try is spent, no credit is given, the check is asked again. */
function providerDown(slice: LivenessMatchSlice, { at, seq }: RuleContext): Applied<LivenessMatchSlice> {
  return { slice: { ...slice, open: null }, findings: [finding('R4_PROVIDER_DOWN', at, seq)] };
}

function takePlay(slice: LivenessMatchSlice, isPlaying: boolean, context: RuleContext): Applied<LivenessMatchSlice> {
  const { claim, holds, policy, at, seq } = context;
  const { slice: reached, findings = [] } = holds.includes('OFFLINE') ? cutOff(slice, context) : { slice };
  const returned = isPlaying ? oweAfterPause(reached, context) : reached;
  if (claim === null) return { slice: returned, findings };
  const isOwed = holds.includes('FACE_CHECK') || holds.includes('ALTERNATIVE');
  const defiedMs = isOwed ? returned.defiedMs + claim.defiedMs : 0;
  const next = { ...returned, defiedMs };
  if (defiedMs <= policy.window.overlapToleranceMs) return { slice: next, findings };
  return { slice: next, findings: [...findings, finding('R4_NOT_PERFORMED', at, seq, { playedMs: Math.round(defiedMs) })] };
}

function oweIfDue(slice: LivenessMatchSlice, context: RuleContext): LivenessMatchSlice {
  const next = context.schedule?.faceChecks[slice.nextRandom];
  if (slice.need !== null) return slice;
  if (next !== undefined && context.timelineMs >= next.atMs) return { ...slice, need: { reason: 'RANDOM', part: next.part }, nextRandom: slice.nextRandom + 1 };
  return context.timelineMs >= intervalEndMs(slice, context) ? oweFaceCheck(slice, 'INTERVAL', context.policy) : slice;
}

/** Where on the credited timeline the policy wants the next face check at the latest. */
function intervalEndMs({ passes }: LivenessMatchSlice, { policy: { face } }: RuleContext): number {
  return face.required ? (passes.at(-1)?.creditedMs ?? 0) + (face.maxIntervalMs ?? Infinity) : Infinity;
}

const oweAfterPause = (slice: LivenessMatchSlice, context: RuleContext): LivenessMatchSlice =>
  pausedMs(context) >= context.policy.face.resumePauseMs ? oweFaceCheck(slice, 'RESUME', context.policy) : slice;
