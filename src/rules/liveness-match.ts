/** R4 无法进行人脸活体比对: liveness and 1:1 match from one capture, at the start, at random once per class hour, on resume. */
import type { Want } from './command.js';
import type { LivenessJudged, LivenessMeasurement, LivenessReason, LivenessRequested, SessionEvent } from './event.js';
import type { Finding } from './finding.js';
import { finding } from './finding.js';
import type { Policy } from './policy.js';
import type { Applied, Rule, RuleContext } from './rule.js';
import { dueAt } from './rule.js';

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
  /** A check was left unanswered: it is asked again when the trainee is back. */
  readonly isAwaitingReturn: boolean;
  readonly failedTries: number;
  readonly mismatches: number;
  readonly passed: number;
  /** Random checks of the schedule already asked for. */
  readonly nextRandom: number;
  readonly hasCamera: boolean;
  readonly lastFailure: string | null;
  readonly deviceId: string | null;
  readonly overrunMs: number;
}

export type LivenessOutcome =
  | { readonly passed: true }
  | {
      readonly passed: false;
      readonly failure: 'FACE_ABSENT' | 'MULTIPLE_FACES' | 'MISMATCH' | 'UNCERTAIN' | 'ACT_NOT_SEEN' | 'WRONG_ACT' | 'FACE_CHANGED' | 'UNREADABLE';
    };

/** Judges one burst by the policy's thresholds. Liveness and match stand or fall on the same frames. */
export function judgeLiveness(measurement: LivenessMeasurement, policy: Policy): LivenessOutcome {
  const { matchDistance, mismatchDistance, minMatchedFrames, maxSpread } = policy.face;
  const fail = (failure: Extract<LivenessOutcome, { passed: false }>['failure']): LivenessOutcome => ({ passed: false, failure });
  if (measurement.failure === 'TOO_FEW_FRAMES' || measurement.failure === 'IMAGE_ABSENT') return fail('FACE_ABSENT');
  if (measurement.failure !== null) return fail('UNREADABLE');
  if (measurement.oneFace + measurement.manyFaces === 0 || measurement.noFace > measurement.frames / 2) return fail('FACE_ABSENT');
  if (measurement.manyFaces > measurement.frames / 4) return fail('MULTIPLE_FACES');
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
    isAwaitingReturn: false,
    failedTries: 0,
    mismatches: 0,
    passed: 0,
    nextRandom: 0,
    hasCamera: true,
    lastFailure: null,
    deviceId: null,
    overrunMs: 0,
  }),

  apply(slice, event, context) {
    const doubted = context.signals.reduce(
      (kept, signal) => (signal.type === 'face-check.owed' ? owe(kept, { reason: signal.reason, part: null }) : kept),
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
    slice.need === null || slice.open !== null || slice.isAwaitingReturn || slice.deviceId === null
      ? []
      : [{ type: 'liveness.request', reason: slice.need.reason, part: slice.need.part, attempt: slice.failedTries + 1 }],

  deadline(slice, context) {
    if (slice.open !== null) return slice.open.isReceived ? null : slice.open.deadlineAt;
    const next = context.schedule?.faceChecks[slice.nextRandom];
    return next === undefined ? null : dueAt(next.atMs - context.timelineMs, context);
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
      const joined = { ...slice, deviceId: event.deviceId, isAwaitingReturn: false, hasCamera: true };
      const withdrawn = joined.open !== null && !joined.open.isReceived ? { ...joined, open: null } : joined;
      if (isOtherDevice) return { slice: owe(withdrawn, { reason: 'TAKEOVER', part: null }) };
      return { slice: isLongPause(context) ? owe(withdrawn, { reason: 'RESUME', part: null }) : withdrawn };
    }
    case 'liveness.requested':
      return { slice: { ...slice, open: opened(event, context.policy) } };
    case 'liveness.received':
      return { slice: slice.open?.checkId === event.checkId ? { ...slice, open: { ...slice.open, isReceived: true } } : slice };
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

function judge(slice: LivenessMatchSlice, event: LivenessJudged, { policy, at, seq }: RuleContext): Applied<LivenessMatchSlice> {
  const outcome = judgeLiveness(event.measurement, policy);
  if (outcome.passed) {
    return {
      slice: { ...slice, need: null, open: null, failedTries: 0, mismatches: 0, passed: slice.passed + 1, lastFailure: null, overrunMs: 0 },
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
  if (claim === null) {
    return { slice: isPlaying && isLongPause(context) ? owe(slice, { reason: 'RESUME', part: null }) : slice };
  }
  const overrunMs = holds.includes('FACE_CHECK') ? slice.overrunMs + claim.overrunMs : 0;
  const next = { ...slice, overrunMs };
  if (overrunMs <= policy.window.overlapToleranceMs) return { slice: next };
  return { slice: next, findings: [finding('R4_NOT_PERFORMED', at, seq, { overrunMs: Math.round(overrunMs) })] };
}

function takeReport(slice: LivenessMatchSlice, kind: string, { at, seq }: RuleContext): Applied<LivenessMatchSlice> {
  switch (kind) {
    case 'CAMERA_LOST':
      return { slice: { ...slice, hasCamera: false }, findings: [finding('R4_CAMERA_LOST', at, seq)] };
    case 'CAMERA_BACK':
      return { slice: { ...slice, hasCamera: true } };
    case 'TRAINEE_RETURNED':
      return { slice: { ...slice, isAwaitingReturn: false } };
    default:
      return { slice };
  }
}

function opened(event: LivenessRequested, policy: Policy): OpenFaceCheck {
  const { checkId, reason, part, attempt } = event;
  return { checkId, reason, part, attempt, deadlineAt: event.at + policy.face.responseTimeoutMs, isReceived: false };
}

/** Left alone is not failed: play stays held and the check is asked again when the trainee is back. */
function closeIfLate(slice: LivenessMatchSlice, { at, seq, isConnected }: RuleContext): Applied<LivenessMatchSlice> {
  if (slice.open === null || slice.open.isReceived || at < slice.open.deadlineAt) return { slice };
  const next = { ...slice, open: null, isAwaitingReturn: true };
  return isConnected ? { slice: next, findings: [finding('R4_CHECK_UNANSWERED', at, seq, { checkId: slice.open.checkId })] } : { slice: next };
}

function oweIfDue(slice: LivenessMatchSlice, { schedule, timelineMs }: RuleContext): LivenessMatchSlice {
  const next = schedule?.faceChecks[slice.nextRandom];
  if (next === undefined || slice.need !== null || timelineMs < next.atMs) return slice;
  return { ...slice, need: { reason: 'RANDOM', part: next.part }, nextRandom: slice.nextRandom + 1 };
}

/** A check that is owed already is not owed twice. */
const owe = (slice: LivenessMatchSlice, need: FaceCheckNeed): LivenessMatchSlice => (slice.need === null ? { ...slice, need } : slice);

function isLongPause({ ledger, policy, at }: RuleContext): boolean {
  return ledger.lastPlayAt !== null && at - ledger.lastPlayAt >= policy.face.resumePauseMs;
}
