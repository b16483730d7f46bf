/** R4 无法进行人脸活体比对: liveness and 1:1 match from one capture, at the start, at random once per class hour, on resume. */
import type { CameraState } from './camera.js';
import { cameraState } from './camera.js';
import type { Want } from './command.js';
import { isFailure } from './effects.js';
import type { ConnectionJoined, LivenessJudged, LivenessMeasurement, LivenessReason, LivenessReceived, LivenessRequested, SessionEvent, WindowReported } from './event.js';
import { afterFailure, askAfresh, endWait, givenUpAt, giveUp, isAbandonable, isWithPeople, openAlternative, pass, takeDecision } from './face-alternative.js';
import type { Fact } from './finding.js';
import { isAskedFor } from './face-occasion.js';
import { finding } from './finding.js';
import type { AlternativeKind } from './outside-event.js';
import type { Policy } from './policy.js';
import type { Applied, Rule, RuleContext } from './rule.js';
import { dueOnTimeline, pausedMs } from './rule.js';

export interface FaceCheckNeed {
  readonly reason: LivenessReason;
  readonly part: number | null;
}

export interface OpenFaceCheck extends FaceCheckNeed {
  readonly checkId: string;
  readonly attempt: number;
  readonly deadlineAt: number;
  /** The burst has arrived and is being judged: the trainee waits for us. */
  readonly isReceived: boolean;
}

export interface LivenessMatchSlice {
  readonly need: FaceCheckNeed | null;
  readonly open: OpenFaceCheck | null;
  /** The check that is owed has been left unanswered before: told once, asked again until someone comes. */
  readonly isUnanswered: boolean;
  /** Since the last pass. */
  readonly failedTries: number;
  readonly mismatches: number;
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
  /** The alternative route that staff have opened, or null. */
  readonly alternative: AlternativeKind | null;
  /** Random checks of the schedule already asked for. */
  readonly nextRandom: number;
  readonly camera: CameraState;
  readonly lastFailure: string | null;
  readonly deviceId: string | null;
  /** Play claimed in defiance of a face check that was owed, ms. */
  readonly defiedMs: number;
}

export type LivenessOutcome =
  | { readonly passed: true }
  | {
      readonly passed: false;
      readonly failure: 'FACE_ABSENT' | 'FACE_COVERED' | 'MULTIPLE_FACES' | 'MISMATCH' | 'UNCERTAIN' | 'ACT_NOT_SEEN' | 'WRONG_ACT' | 'FACE_CHANGED' | 'UNREADABLE';
    };

/** Judges one burst by the policy's thresholds. Liveness and match stand or fall on the same frames. */
export function judgeLiveness(measurement: LivenessMeasurement, policy: Policy): LivenessOutcome {
  const { matchDistance, mismatchDistance, minMatchedFrames, maxSpread } = policy.face;
  const fail = (failure: Extract<LivenessOutcome, { passed: false }>['failure']): LivenessOutcome => ({ passed: false, failure });
  if (measurement.failure === 'TOO_FEW_FRAMES' || measurement.failure === 'IMAGE_ABSENT') return fail('FACE_ABSENT');
  if (measurement.failure !== null) return fail('UNREADABLE');
  if (measurement.oneFace + measurement.manyFaces === 0 || measurement.noFace > measurement.frames / 2) return fail('FACE_ABSENT');
  if (measurement.manyFaces > measurement.frames / 4) return fail('MULTIPLE_FACES');
  if ((measurement.coveredFaces ?? 0) > measurement.frames / 2) return fail('FACE_COVERED');
  if (measurement.distances.length < minMatchedFrames) return fail('FACE_ABSENT');
  const deciding = measurement.distances[minMatchedFrames - 1] ?? Infinity;
  if ((measurement.distances[0] ?? Infinity) > mismatchDistance) return fail('MISMATCH');
  if (deciding > matchDistance) return fail('UNCERTAIN');
  if (measurement.spread === null || measurement.spread > maxSpread) return fail('FACE_CHANGED');
  if (measurement.acts.some((act) => act.otherSeen !== null)) return fail('WRONG_ACT');
  if (measurement.acts.length < policy.face.acts || measurement.acts.some((act) => !act.seen)) return fail('ACT_NOT_SEEN');
  return { passed: true };
}

export const livenessMatch: Rule<LivenessMatchSlice> = {
  start: (opened) => ({
    need: isAskedFor('SESSION_START', opened.policy) ? { reason: 'SESSION_START', part: null } : null,
    open: null,
    isUnanswered: false,
    failedTries: 0,
    mismatches: 0,
    lastTriedAt: null,
    passed: 0,
    passes: [],
    waitsUntil: null,
    lockedAt: null,
    hasGivenUp: false,
    alternative: null,
    nextRandom: 0,
    camera: 'USABLE',
    lastFailure: null,
    deviceId: null,
    defiedMs: 0,
  }),

  apply(slice, event, context) {
    const doubted = context.signals.reduce(
      (kept, signal) => (signal.type === 'face-check.owed' ? owe(kept, signal.reason, context.policy) : kept),
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
    ...(slice.camera === 'USABLE' ? [] : (['CAMERA'] as const)),
  ],

  wants: (slice): readonly Want[] =>
    slice.need === null || slice.open !== null || slice.waitsUntil !== null || isWithPeople(slice) || isBlind(slice)
      ? []
      : [{ type: 'liveness.request', reason: slice.need.reason, part: slice.need.part, attempt: slice.failedTries + 1 }],

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
    case 'liveness.requested':
      return { slice: { ...slice, open: opened(event, context.policy) } };
    case 'liveness.received':
      return { slice: receive(slice, event) };
    case 'liveness.judged':
      return slice.open?.checkId === event.checkId ? judge({ ...slice, lastTriedAt: context.at }, event, context) : { slice };
    case 'check.failed':
      return slice.open?.checkId === event.checkId ? providerDown(slice, context) : { slice };
    case 'beat.received':
      return takePlay(slice, event.state === 'PLAYING', context);
    case 'window.reported':
      return takeReport(slice, event, context);
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

function receive(slice: LivenessMatchSlice, event: LivenessReceived): LivenessMatchSlice {
  const { open } = slice;
  return open?.checkId === event.checkId && event.at <= open.deadlineAt ? { ...slice, lastTriedAt: event.at, open: { ...open, isReceived: true } } : slice;
}

function join(slice: LivenessMatchSlice, event: ConnectionJoined, context: RuleContext): Applied<LivenessMatchSlice> {
  const isOtherDevice = slice.deviceId !== null && slice.deviceId !== event.deviceId;
  const seen = look(askAfresh({ ...slice, deviceId: event.deviceId }), event.camera, context);
  return { ...seen, slice: isOtherDevice ? owe(seen.slice, 'TAKEOVER', context.policy) : oweAfterPause(seen.slice, context) };
}

function judge(slice: LivenessMatchSlice, event: LivenessJudged, context: RuleContext): Applied<LivenessMatchSlice> {
  const { policy, at, seq } = context;
  const outcome = judgeLiveness(event.measurement, policy);
  if (outcome.passed) return pass(slice, context, policy.popup.faceCheckCounts);
  if (outcome.failure === 'FACE_COVERED') {
    // To be asked to take the mask off is no try lost.
    return { slice: { ...slice, open: null, lastFailure: outcome.failure }, findings: [finding('R4_FACE_COVERED', at, seq, { checkId: event.checkId })] };
  }
  const failedTries = slice.failedTries + 1;
  const mismatches = slice.mismatches + (outcome.failure === 'MISMATCH' ? 1 : 0);
  const failed = { ...slice, open: null, failedTries, mismatches, lastFailure: outcome.failure };
  const detail: Fact['detail'] = { checkId: event.checkId, failure: outcome.failure, try: failedTries, tries: policy.face.lockoutAfter, distance: event.measurement.distances[0] ?? null };
  const tried = finding('R4_TRY_FAILED', at, seq, detail);
  if (mismatches >= policy.face.mismatchesToFail) return { slice: failed, findings: [tried, finding('R4_MISMATCH', at, seq, detail)] };
  return afterFailure(failed, tried, context);
}

/** There is no camera to take a face check with, or not one that could be believed. */
const isBlind = ({ camera }: LivenessMatchSlice): boolean => camera === 'MISSING' || camera === 'SUSPECT';

/** Our failure, not the trainee's: no try is spent, no credit is given, the check is asked again. */
function providerDown(slice: LivenessMatchSlice, { at, seq }: RuleContext): Applied<LivenessMatchSlice> {
  return { slice: { ...slice, open: null }, findings: [finding('R4_PROVIDER_DOWN', at, seq)] };
}

function takePlay(slice: LivenessMatchSlice, isPlaying: boolean, context: RuleContext): Applied<LivenessMatchSlice> {
  const { claim, holds, policy, at, seq } = context;
  const reached = holds.includes('OFFLINE') ? askAfresh(slice) : slice;
  const returned = isPlaying ? oweAfterPause(reached, context) : reached;
  if (claim === null) return { slice: returned };
  const isOwed = holds.includes('FACE_CHECK') || holds.includes('ALTERNATIVE');
  const defiedMs = isOwed ? returned.defiedMs + claim.defiedMs : 0;
  const next = { ...returned, defiedMs };
  if (defiedMs <= policy.window.overlapToleranceMs) return { slice: next };
  return { slice: next, findings: [finding('R4_NOT_PERFORMED', at, seq, { playedMs: Math.round(defiedMs) })] };
}

function takeReport(slice: LivenessMatchSlice, { kind, detail }: WindowReported, context: RuleContext): Applied<LivenessMatchSlice> {
  const label = typeof detail['camera'] === 'string' ? detail['camera'] : '';
  switch (kind) {
    case 'CAMERA_LOST':
      return { slice: { ...slice, camera: 'LOST' }, findings: [finding('R4_CAMERA_LOST', context.at, context.seq)] };
    case 'CAMERA_BACK':
      return look(slice, label, context);
    case 'CAMERA_CHANGED': {
      const seen = look(slice, label, context);
      return { ...seen, slice: owe(seen.slice, 'DOUBT', context.policy) };
    }
    default:
      return { slice };
  }
}

/** Looks at what the camera is called. One that may feed made-up pictures is not asked for any; nobody is accused yet. */
function look(slice: LivenessMatchSlice, label: string | null, { policy, at, seq }: RuleContext): Applied<LivenessMatchSlice> {
  const camera = policy.face.required ? cameraState(label, policy) : 'USABLE';
  if (camera === slice.camera || camera === 'USABLE') return { slice: { ...slice, camera } };
  const code = camera === 'SUSPECT' ? 'R4_VIRTUAL_CAMERA' : 'R4_NO_CAMERA';
  return { slice: { ...askAfresh(slice), camera }, findings: [finding(code, at, seq, { camera: label })] };
}

function opened(event: LivenessRequested, policy: Policy): OpenFaceCheck {
  const { checkId, reason, part, attempt } = event;
  return { checkId, reason, part, attempt, deadlineAt: event.at + policy.face.responseTimeoutMs, isReceived: false };
}

/** Left alone is not failed: play stays held and the check is asked again until someone is there. */
function closeIfLate(slice: LivenessMatchSlice, { at, seq, isReachable }: RuleContext): Applied<LivenessMatchSlice> {
  if (slice.open === null || slice.open.isReceived || at < slice.open.deadlineAt) return { slice };
  const next = { ...slice, open: null };
  if (!isReachable || slice.isUnanswered) return { slice: next };
  return { slice: { ...next, isUnanswered: true }, findings: [finding('R4_CHECK_UNANSWERED', at, seq, { checkId: slice.open.checkId })] };
}

function oweIfDue(slice: LivenessMatchSlice, context: RuleContext): LivenessMatchSlice {
  const next = context.schedule?.faceChecks[slice.nextRandom];
  if (slice.need !== null) return slice;
  if (next !== undefined && context.timelineMs >= next.atMs) return { ...slice, need: { reason: 'RANDOM', part: next.part }, nextRandom: slice.nextRandom + 1 };
  return context.timelineMs >= intervalEndMs(slice, context) ? owe(slice, 'INTERVAL', context.policy) : slice;
}

/** Where on the credited timeline the policy wants the next face check at the latest. */
function intervalEndMs({ passes }: LivenessMatchSlice, { policy: { face } }: RuleContext): number {
  return face.required ? (passes.at(-1)?.creditedMs ?? 0) + (face.maxIntervalMs ?? Infinity) : Infinity;
}

/** A check that is owed already is not owed twice. */
const owe = (slice: LivenessMatchSlice, reason: LivenessReason, policy: Policy): LivenessMatchSlice =>
  slice.need === null && isAskedFor(reason, policy) ? { ...slice, need: { reason, part: null } } : slice;

const oweAfterPause = (slice: LivenessMatchSlice, context: RuleContext): LivenessMatchSlice =>
  pausedMs(context) >= context.policy.face.resumePauseMs ? owe(slice, 'RESUME', context.policy) : slice;
