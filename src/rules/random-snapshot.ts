/** R6 每课时无随机保留影像照片: at least one qualifying random snapshot in every class hour, or part of one, of the session. */
import type { Want } from './command.js';
import type { FaceMeasurement, SessionEvent, SnapshotJudged, SnapshotReceived, SnapshotRequested } from './event.js';
import type { Fact, FindingCode } from './finding.js';
import { finding } from './finding.js';
import { goesOnAfterFailure, type Policy } from './policy.js';
import type { ReplayScope } from './replay.js';
import { doubtDetail, replayDoubt, replayFact } from './replay.js';
import type { Applied, Rule, RuleContext, Signal } from './rule.js';
import { dueOnTimeline } from './rule.js';

export type SnapshotFailure =
  'NO_IMAGE' | 'TOO_LATE' | 'UNREADABLE' | 'DARK' | 'BLURRED' | 'LENS_COVERED' | 'LOW_RESOLUTION' | 'REPLAYED' | 'FACE_ABSENT' | 'FACE_COVERED' | 'MULTIPLE_FACES' | 'TOO_FAR' | 'MISMATCH' | 'UNCERTAIN';

const UNDECIDED: readonly SnapshotFailure[] = ['MULTIPLE_FACES', 'UNCERTAIN'];

export interface OpenSnapshot {
  readonly snapshotId: string;
  readonly index: number;
  readonly part: number;
  readonly isRetry: boolean;
  readonly deadlineAt: number;
  readonly isReceived: boolean;
}

export interface RandomSnapshotSlice {
  readonly nextIndex: number;
  /** The number of the snapshot that is to be asked for now, or again at `dueAt`. */
  readonly owed: { readonly index: number; readonly part: number; readonly isRetry: boolean; readonly dueAt: number } | null;
  readonly open: OpenSnapshot | null;
  readonly qualifying: readonly { readonly part: number; readonly snapshotId: string }[];
  /** Failures by part, in order; the last says why a part has none. */
  readonly failures: readonly { readonly index: number; readonly part: number; readonly failure: SnapshotFailure }[];
}

/** Judges one picture by the policy's thresholds: `null` when it qualifies. */
export function judgeSnapshot(measurement: FaceMeasurement, policy: Policy): SnapshotFailure | null {
  const { snapshot, face, camera } = policy;
  if (measurement.failure === 'IMAGE_ABSENT') return 'NO_IMAGE';
  if (measurement.failure !== null) return 'UNREADABLE';
  if (measurement.pixels !== undefined && measurement.pixels < camera.minPixels) return 'LOW_RESOLUTION';
  if (measurement.luminance !== null && measurement.luminance < snapshot.minLuminance) return 'DARK';
  if (measurement.faceCount === 0) return judgeFaceless(measurement, policy);
  if (measurement.faceCount > 1) return 'MULTIPLE_FACES';
  // Pictures of an empty chair or of a covered lens are alike by nature: only a face can be shown again.
  if (measurement.replay !== undefined && measurement.replay.exact !== null) return 'REPLAYED';
  if (measurement.isCovered === true) return 'FACE_COVERED';
  if (measurement.interocularPx !== null && measurement.interocularPx < snapshot.minInterocularPx) return 'TOO_FAR';
  if (measurement.distance === null || measurement.distance > face.mismatchDistance) return 'MISMATCH';
  return measurement.distance > face.matchDistance ? 'UNCERTAIN' : null;
}

function judgeFaceless({ contrast, sharpness }: FaceMeasurement, { snapshot }: Policy): SnapshotFailure {
  if (contrast !== undefined && contrast < snapshot.minContrast) return 'LENS_COVERED';
  return sharpness !== null && sharpness < snapshot.minSharpness ? 'BLURRED' : 'FACE_ABSENT';
}

export const randomSnapshot: Rule<RandomSnapshotSlice> = {
  start: () => ({ nextIndex: 0, owed: null, open: null, qualifying: [], failures: [] }),

  apply(slice, event, context) {
    const taken = takeEvent(slice, event, context);
    const late = failIfLate(taken.slice, context);
    return {
      slice: oweIfDue(late.slice, context),
      findings: [...(taken.findings ?? []), ...(late.findings ?? [])],
      signals: [...(taken.signals ?? []), ...(late.signals ?? [])],
    };
  },

  holds: (slice) => (slice.owed?.isRetry === true || slice.open?.isRetry === true ? ['SNAPSHOT_RETRY'] : []),

  wants: (slice): readonly Want[] =>
    slice.owed === null || slice.owed.dueAt > 0 || slice.open !== null
      ? []
      : [{ type: 'snapshot.request', index: slice.owed.index, part: slice.owed.part, isRetry: slice.owed.isRetry }],

  deadline(slice, context) {
    if (slice.open !== null) return slice.open.isReceived ? null : slice.open.deadlineAt;
    if (slice.owed !== null) return slice.owed.dueAt > 0 ? slice.owed.dueAt : null;
    const next = context.schedule?.snapshots[slice.nextIndex];
    return next === undefined ? null : dueOnTimeline(next.atMs, context);
  },

  outstanding(slice, { schedule, policy }) {
    const isDone = slice.open === null && slice.owed === null && slice.nextIndex >= (schedule?.snapshots.length ?? 0);
    if (!isDone) return 'R6_NO_SNAPSHOT';
    const parts = new Set(schedule?.snapshots.map((snapshot) => snapshot.part) ?? []);
    // Where the session goes on without it, an empty part is void and done with.
    if (goesOnAfterFailure(policy)) return null;
    const isSettled = (part: number): boolean =>
      countOf(slice.qualifying, part) >= policy.snapshot.minPerPart || emptyPartCode(slice.failures, part) === 'R6_UNDECIDED';
    return [...parts].every(isSettled) ? null : 'R6_NO_SNAPSHOT';
  },
};

function takeEvent(slice: RandomSnapshotSlice, event: SessionEvent, context: RuleContext): Applied<RandomSnapshotSlice> {
  switch (event.type) {
    case 'connection.joined':
    case 'consent.withdrawn':
      return { slice: askAgain(slice) };
    case 'beat.received':
      return { slice: context.holds.includes('OFFLINE') ? askAgain(slice) : slice };
    case 'snapshot.requested':
      return { slice: { ...slice, owed: null, open: opened(event, context.policy) } };
    case 'snapshot.received':
      return receive(slice, event, context);
    case 'snapshot.judged':
      return judge(slice, event, context);
    case 'check.failed':
      return { slice: slice.open?.snapshotId === event.checkId ? putBack(slice, slice.open) : slice };
    default:
      return { slice };
  }
}

function opened(event: SnapshotRequested, policy: Policy): OpenSnapshot {
  const { snapshotId, index, part, isRetry } = event;
  const windowMs = isRetry ? policy.snapshot.retryWindowMs : policy.snapshot.maxDelayMs;
  return { snapshotId, index, part, isRetry, deadlineAt: event.at + windowMs, isReceived: false };
}

/** A request that may never have reached the client is made again; a picture that is being judged is waited for. */
const askAgain = (slice: RandomSnapshotSlice): RandomSnapshotSlice =>
  slice.open === null || slice.open.isReceived ? slice : putBack(slice, slice.open);

/** Lost on the way or on our side: nobody's failure, the picture is asked for once more. */
const putBack = (slice: RandomSnapshotSlice, { index, part, isRetry }: OpenSnapshot): RandomSnapshotSlice =>
  ({ ...slice, open: null, owed: { index, part, isRetry, dueAt: 0 } });

function receive(slice: RandomSnapshotSlice, event: SnapshotReceived, context: RuleContext): Applied<RandomSnapshotSlice> {
  if (slice.open?.snapshotId !== event.snapshotId || slice.open.isReceived || event.at > slice.open.deadlineAt) return { slice };
  if (event.digest === null) return fail(slice, slice.open, 'NO_IMAGE', context);
  return { slice: { ...slice, open: { ...slice.open, isReceived: true } } };
}

function judge(slice: RandomSnapshotSlice, event: SnapshotJudged, context: RuleContext): Applied<RandomSnapshotSlice> {
  const { open } = slice;
  if (open?.snapshotId !== event.snapshotId) return { slice };
  const failure = judgeSnapshot(event.measurement, context.policy);
  if (failure !== null) return fail(slice, open, failure, context, event.measurement.replay?.exact ?? null);
  // The rule asks for pictures that are kept: one that we could not store is no evidence, and not the trainee's fault.
  if (event.imageId === null) return { slice: putBack(slice, open) };
  const findings = open.isRetry ? [finding('R6_RETRIED', context.at, context.seq, { index: open.index })] : [];
  const taken = { ...slice, open: null, qualifying: [...slice.qualifying, { part: open.part, snapshotId: open.snapshotId }] };
  const { replay } = event.measurement;
  const sign = replayDoubt(replay, context.policy);
  if (replay === undefined || sign === null) return { slice: taken, findings };
  const suspected = finding('R6_REPLAY_SUSPECTED', context.at, context.seq, { index: open.index, ...doubtDetail(sign, replay) });
  return { slice: taken, findings: [...findings, suspected], signals: [{ type: 'face-check.owed', reason: 'DOUBT' }] };
}

/** The first failure leads to one retry; the second leaves the scheduled snapshot without a picture. */
function fail(slice: RandomSnapshotSlice, open: OpenSnapshot, failure: SnapshotFailure, context: RuleContext, replayed: ReplayScope | null = null): Applied<RandomSnapshotSlice> {
  const { at, seq, policy, schedule } = context;
  const detail: Fact['detail'] = { index: open.index, part: open.part, failure, isRetry: open.isRetry };
  const findings: Fact[] = [];
  if (failure === 'MULTIPLE_FACES') findings.push(finding('R6_MULTIPLE_FACES', at, seq, { ...detail, isRepeated: isRepeated(slice, open, failure) }));
  if (replayed !== null) findings.push(replayFact('R6_REPLAY', replayed, context, { ...detail, isRepeated: isRepeated(slice, open, failure) }));
  if (failure === 'FACE_COVERED') findings.push(finding('R4_FACE_COVERED', at, seq, detail));
  const failures = [...slice.failures, { index: open.index, part: open.part, failure }];
  if (!open.isRetry) {
    const owed = { index: open.index, part: open.part, isRetry: true, dueAt: at + policy.snapshot.retryDelayMs };
    return { slice: { ...slice, open: null, owed, failures }, findings, signals: failure === 'REPLAYED' ? DOUBTFUL : [] };
  }
  findings.push(finding('R6_SNAPSHOT_MISSED', at, seq, detail));
  const next = { ...slice, open: null, failures };
  const remaining = (schedule?.snapshots ?? []).filter((snapshot, index) => snapshot.part === open.part && index >= slice.nextIndex).length;
  if (countOf(slice.qualifying, open.part) + remaining < policy.snapshot.minPerPart) {
    findings.push(finding(emptyPartCode(failures, open.part), at, seq, detail));
  }
  return { slice: next, findings, signals: failure === 'MISMATCH' || failure === 'REPLAYED' ? DOUBTFUL : [] };
}

const DOUBTFUL: readonly Signal[] = [{ type: 'face-check.owed', reason: 'SNAPSHOT_FAILED' }];

/** Somebody walks by once, a camera hangs once; the same at another snapshot again is for a human to look at. */
const isRepeated = ({ failures }: RandomSnapshotSlice, { index }: OpenSnapshot, failure: SnapshotFailure): boolean =>
  failures.some((entry) => entry.failure === failure && entry.index !== index);

/** A face that the machine cannot decide about is for a human to look at; anything else leaves the part empty. */
function emptyPartCode(failures: RandomSnapshotSlice['failures'], part: number): FindingCode {
  const own = failures.filter((entry) => entry.part === part).map((entry) => entry.failure);
  if (own.some((failure) => UNDECIDED.includes(failure)) && !own.includes('MISMATCH')) return 'R6_UNDECIDED';
  return own.every((failure) => failure === 'FACE_ABSENT') ? 'R6_FACE_ABSENT' : 'R6_NO_SNAPSHOT';
}

function failIfLate(slice: RandomSnapshotSlice, context: RuleContext): Applied<RandomSnapshotSlice> {
  const { open } = slice;
  if (open === null || open.isReceived || context.at < open.deadlineAt) return { slice };
  return context.isReachable ? fail(slice, open, 'TOO_LATE', context) : { slice: askAgain(slice) };
}

function oweIfDue(slice: RandomSnapshotSlice, { schedule, timelineMs, at }: RuleContext): RandomSnapshotSlice {
  if (slice.open !== null) return slice;
  if (slice.owed !== null) return slice.owed.dueAt > 0 && at >= slice.owed.dueAt ? { ...slice, owed: { ...slice.owed, dueAt: 0 } } : slice;
  const next = schedule?.snapshots[slice.nextIndex];
  if (next === undefined || timelineMs < next.atMs) return slice;
  return { ...slice, nextIndex: slice.nextIndex + 1, owed: { index: slice.nextIndex, part: next.part, isRetry: false, dueAt: 0 } };
}

const countOf = (pictures: RandomSnapshotSlice['qualifying'], part: number): number => pictures.filter((picture) => picture.part === part).length;
