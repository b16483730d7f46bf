/** R4 无法进行人脸活体比对: liveness and 1:1 match from one capture, at the start, at random once per class hour, on resume. */
import type { Want } from './command.js';
import type { LivenessJudged, LivenessMeasurement, LivenessReason, LivenessReceived, LivenessRequested, SessionEvent } from './event.js';
import type { Finding } from './finding.js';
import { finding } from './finding.js';
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
  readonly failedTries: number;
  readonly mismatches: number;
  readonly passed: number;
  /** Random checks of the schedule already asked for. */
  readonly nextRandom: number;
  readonly hasCamera: boolean;
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
    need: opened.policy.face.required ? { reason: 'SESSION_START', part: null } : null,
    open: null,
    isUnanswered: false,
    failedTries: 0,
    mismatches: 0,
    passed: 0,
    nextRandom: 0,
    hasCamera: true,
    lastFailure: null,
    deviceId: null,
    defiedMs: 0,
  }),

  apply(slice, event, context) {
    const doubted = context.signals.reduce(
      (kept, signal) => (signal.type === 'face-check.owed' ? owe(kept, signal.reason) : kept),
      slice,
    );
    const taken = takeEvent(doubted, event, context);
    if (taken.findings?.some((found) => found.effect === 'INVALIDATE_SESSION') === true) return taken;
    const late = closeIfLate(taken.slice, context);
    return { ...taken, slice: oweIfDue(late.slice, context), findings: [...(taken.findings ?? []), ...(late.findings ?? [])] };
  },

  holds: (slice) => [
    ...(slice.need === null ? [] : (['FACE_CHECK'] as const)),
    ...(slice.hasCamera ? [] : (['CAMERA'] as const)),
  ],

  wants: (slice): readonly Want[] =>
    slice.need === null || slice.open !== null || slice.deviceId === null
      ? []
      : [{ type: 'liveness.request', reason: slice.need.reason, part: slice.need.part, attempt: slice.failedTries + 1 }],

  deadline(slice, context) {
    if (slice.open !== null) return slice.open.isReceived ? null : slice.open.deadlineAt;
    const next = context.schedule?.faceChecks[slice.nextRandom];
    return next === undefined ? null : dueOnTimeline(next.atMs, context);
  },

  outstanding(slice, { opened, schedule }) {
    if (!opened.policy.face.required) return null;
    const isDone = slice.need === null && slice.passed > 0 && slice.nextRandom >= (schedule?.faceChecks.length ?? 0);
    return isDone ? null : 'R4_NOT_PERFORMED';
  },
};

function takeEvent(slice: LivenessMatchSlice, event: SessionEvent, context: RuleContext): Applied<LivenessMatchSlice> {
  switch (event.type) {
    case 'connection.joined': {
      const isOtherDevice = slice.deviceId !== null && slice.deviceId !== event.deviceId;
      const joined = askAfresh({ ...slice, deviceId: event.deviceId, hasCamera: true });
      return { slice: isOtherDevice ? owe(joined, 'TAKEOVER') : oweAfterPause(joined, context) };
    }
    case 'liveness.requested':
      return { slice: { ...slice, open: opened(event, context.policy) } };
    case 'liveness.received':
      return { slice: receive(slice, event) };
    case 'liveness.judged':
      return slice.open?.checkId === event.checkId ? judge(slice, event, context) : { slice };
    case 'check.failed':
      return slice.open?.checkId === event.checkId ? providerDown(slice, context) : { slice };
    case 'beat.received':
      return takePlay(slice, event.state === 'PLAYING', context);
    case 'window.reported':
      return takeReport(slice, event.kind, context);
    default:
      return { slice };
  }
}

function receive(slice: LivenessMatchSlice, event: LivenessReceived): LivenessMatchSlice {
  const { open } = slice;
  return open?.checkId === event.checkId && event.at <= open.deadlineAt ? { ...slice, open: { ...open, isReceived: true } } : slice;
}

function judge(slice: LivenessMatchSlice, event: LivenessJudged, { policy, at, seq }: RuleContext): Applied<LivenessMatchSlice> {
  const outcome = judgeLiveness(event.measurement, policy);
  if (outcome.passed) {
    return {
      slice: { ...slice, need: null, open: null, failedTries: 0, mismatches: 0, passed: slice.passed + 1, isUnanswered: false, lastFailure: null, defiedMs: 0 },
      signals: [{ type: 'presence.confirmed', isControl: policy.popup.faceCheckCounts }],
    };
  }
  const failedTries = slice.failedTries + 1;
  const mismatches = slice.mismatches + (outcome.failure === 'MISMATCH' ? 1 : 0);
  const next = { ...slice, open: null, failedTries, mismatches, lastFailure: outcome.failure };
  const detail: Finding['detail'] = { checkId: event.checkId, failure: outcome.failure, try: failedTries, tries: policy.face.attempts, distance: event.measurement.distances[0] ?? null };
  const findings = [finding('R4_TRY_FAILED', at, seq, detail)];
  if (mismatches >= policy.face.mismatchesToFail) findings.push(finding('R4_MISMATCH', at, seq, detail));
  else if (failedTries >= policy.face.attempts) findings.push(finding('R4_LIVENESS_FAILED', at, seq, detail));
  return { slice: next, findings };
}

/** Our failure, not the trainee's: no try is spent, no credit is given, the check is asked again. */
function providerDown(slice: LivenessMatchSlice, { at, seq }: RuleContext): Applied<LivenessMatchSlice> {
  return { slice: { ...slice, open: null }, findings: [finding('R4_PROVIDER_DOWN', at, seq)] };
}

function takePlay(slice: LivenessMatchSlice, isPlaying: boolean, context: RuleContext): Applied<LivenessMatchSlice> {
  const { claim, holds, policy, at, seq } = context;
  const reached = holds.includes('OFFLINE') ? askAfresh(slice) : slice;
  const returned = isPlaying ? oweAfterPause(reached, context) : reached;
  if (claim === null) return { slice: returned };
  const defiedMs = holds.includes('FACE_CHECK') ? returned.defiedMs + claim.defiedMs : 0;
  const next = { ...returned, defiedMs };
  if (defiedMs <= policy.window.overlapToleranceMs) return { slice: next };
  return { slice: next, findings: [finding('R4_NOT_PERFORMED', at, seq, { playedMs: Math.round(defiedMs) })] };
}

function takeReport(slice: LivenessMatchSlice, kind: string, { at, seq }: RuleContext): Applied<LivenessMatchSlice> {
  switch (kind) {
    case 'CAMERA_LOST':
      return { slice: { ...slice, hasCamera: false }, findings: [finding('R4_CAMERA_LOST', at, seq)] };
    case 'CAMERA_BACK':
      return { slice: { ...slice, hasCamera: true } };
    default:
      return { slice };
  }
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

function oweIfDue(slice: LivenessMatchSlice, { schedule, timelineMs }: RuleContext): LivenessMatchSlice {
  const next = schedule?.faceChecks[slice.nextRandom];
  if (next === undefined || slice.need !== null || timelineMs < next.atMs) return slice;
  return { ...slice, need: { reason: 'RANDOM', part: next.part }, nextRandom: slice.nextRandom + 1 };
}

/** A check that is owed already is not owed twice. */
const owe = (slice: LivenessMatchSlice, reason: LivenessReason): LivenessMatchSlice => (slice.need === null ? { ...slice, need: { reason, part: null } } : slice);

const oweAfterPause = (slice: LivenessMatchSlice, context: RuleContext): LivenessMatchSlice =>
  pausedMs(context) >= context.policy.face.resumePauseMs ? owe(slice, 'RESUME') : slice;

/** A request that may never have reached the client is made again; a burst that is being judged is waited for. */
const askAfresh = (slice: LivenessMatchSlice): LivenessMatchSlice =>
  slice.open !== null && !slice.open.isReceived ? { ...slice, open: null } : slice;
