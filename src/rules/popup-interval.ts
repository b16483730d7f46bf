/** R3 连续5分钟内无弹窗管控: a controlled popup within every 300 s of play, answered or play is held and credit stops. */
import type { Want } from './command.js';
import { isFailure } from './effects.js';
import type { PopupAnswered, PopupIssued, SessionEvent } from './event.js';
import type { Fact } from './finding.js';
import { finding } from './finding.js';
import type { Policy } from './policy.js';
import type { Applied, Rule, RuleContext, Signal } from './rule.js';
import { dueAt, pausedMs } from './rule.js';

/** Wrong answers after which a popup counts as missed: guessing is not answering. */
const MAX_WRONG_ANSWERS = 5;
/** Nobody reacts in less, let alone reads and answers (a start before this is a false start in athletics), ms. */
const QUICKEST_ANSWER_MS = 100;

export interface OpenPopup {
  readonly popupId: string;
  readonly issuedAt: number;
  readonly deadlineAt: number;
  readonly expected: string;
  readonly wrongAnswers: number;
}

export interface PopupIntervalSlice {
  /** Play since the last control was shown, ms (the popup clock). */
  readonly clockMs: number;
  /** A control shown at this server time starts the clock again; play before it still belongs to the run it ends. */
  readonly controlAt: number | null;
  /** Number of the next gap of the schedule. */
  readonly nextIndex: number;
  readonly open: OpenPopup | null;
  /** A popup is to be shown: `null` index for one outside the schedule (resume, return after a miss). */
  readonly owed: { readonly index: number | null } | null;
  /** A popup was missed and the trainee has not come back yet. */
  readonly isAwaitingReturn: boolean;
  readonly answered: number;
  readonly missed: number;
  /** Play claimed in defiance of a popup that stood unanswered, ms. */
  readonly defiedMs: number;
  /** Play claimed for a stretch without connection beyond what can be credited, ms. */
  readonly unreachedMs: number;
}

export const popupInterval: Rule<PopupIntervalSlice> = {
  start: (opened) => ({
    clockMs: opened.popupClockMs,
    controlAt: null,
    nextIndex: 0,
    open: null,
    // A session begins with a control: the first face check, or a popup where that does not count.
    owed: beginsWithFaceCheck(opened.policy) || !opened.policy.popup.required ? null : { index: null },
    isAwaitingReturn: false,
    answered: 0,
    missed: 0,
    defiedMs: 0,
    unreachedMs: 0,
  }),

  apply(slice, event, context) {
    if (!context.policy.popup.required) return { slice };
    const controlled = context.signals.reduce(
      (kept, signal) => (signal.type === 'presence.confirmed' && signal.isControl ? { ...restartClock(kept, context), owed: null, isAwaitingReturn: false } : kept),
      slice,
    );
    const taken = takeEvent(controlled, event, context);
    if (taken.findings?.some(isFailure) === true) return taken;
    const missed = missIfLate(taken.slice, context);
    const due = oweIfDue(missed.slice, context);
    return {
      slice: due,
      findings: [...(taken.findings ?? []), ...(missed.findings ?? [])],
      signals: [...(taken.signals ?? []), ...(missed.signals ?? [])],
    };
  },

  holds: (slice, { popup }) => [
    ...(popup.pausePlayback && (slice.open !== null || slice.owed !== null) ? (['POPUP'] as const) : []),
    ...(slice.isAwaitingReturn ? (['POPUP_MISSED'] as const) : []),
  ],

  wants: (slice): readonly Want[] => (slice.owed === null ? [] : [{ type: 'popup.issue', index: slice.owed.index }]),

  deadline(slice, context) {
    if (slice.open !== null) return slice.open.deadlineAt;
    return context.schedule === null || !context.policy.popup.required ? null : dueAt(gapMs(slice, context) - playedSince(slice, context), context);
  },

  outstanding: (slice) => (slice.open !== null || slice.owed !== null || slice.isAwaitingReturn ? 'R3_MISSED' : null),
};

const beginsWithFaceCheck = ({ face, popup }: Policy): boolean => face.required && face.when.includes('SESSION_START') && popup.faceCheckCounts;

function takeEvent(slice: PopupIntervalSlice, event: SessionEvent, context: RuleContext): Applied<PopupIntervalSlice> {
  switch (event.type) {
    case 'beat.received':
      return runClock(slice, context, event.state === 'PLAYING');
    case 'connection.joined':
      return { slice: oweAfterPause(showAfresh(slice), context) };
    case 'consent.withdrawn':
      return { slice: showAfresh(slice) };
    case 'popup.issued':
      return { slice: show(slice, event, context) };
    case 'popup.answered':
      return answer(slice, event, context);
    case 'window.reported':
      return { slice: event.kind === 'TRAINEE_RETURNED' ? comeBack(slice) : slice };
    default:
      return { slice };
  }
}

/** One that stood open while nobody could be reached is shown again: nobody could have answered it. */
const showAfresh = (slice: PopupIntervalSlice): PopupIntervalSlice =>
  slice.open === null ? slice : { ...slice, open: null, owed: { index: null } };

function oweAfterPause(slice: PopupIntervalSlice, context: RuleContext): PopupIntervalSlice {
  const isDue = slice.open === null && slice.owed === null && pausedMs(context) >= context.policy.popup.resumePauseMs;
  return isDue ? { ...slice, owed: { index: null } } : slice;
}

/** Books accepted play on the clock; a control shown within the stretch splits it. */
function runClock(slice: PopupIntervalSlice, context: RuleContext, isPlaying: boolean): Applied<PopupIntervalSlice> {
  const { claim, policy, holds, at, seq } = context;
  const reached = holds.includes('OFFLINE') ? showAfresh(slice) : slice;
  const returned = isPlaying ? oweAfterPause(holds.includes('POPUP_MISSED') ? comeBack(reached) : reached, context) : reached;
  if (claim === null) return { slice: isPlaying ? settleControl(returned) : returned };
  const isUnderPopup = holds.includes('POPUP') || holds.includes('POPUP_MISSED');
  const before = returned.controlAt === null ? claim.acceptedMs : Math.min(claim.acceptedMs, Math.max(0, returned.controlAt - claim.startAt));
  const runMs = returned.clockMs + before;
  const next: PopupIntervalSlice = {
    ...returned,
    clockMs: returned.controlAt === null ? runMs : claim.acceptedMs - before,
    controlAt: null,
    defiedMs: isUnderPopup ? returned.defiedMs + claim.defiedMs : 0,
    unreachedMs: claim.unreachedMs > 0 ? returned.unreachedMs + claim.unreachedMs : 0,
  };
  const longestMs = Math.round(Math.max(runMs, next.clockMs, next.unreachedMs));
  if (longestMs > policy.popup.maxGapMs) {
    const gap = finding('R3_POPUP_GAP', at, seq, { runMs: longestMs, maxGapMs: policy.popup.maxGapMs });
    // No control can reach a page that is cut off: what it plays then is not the platform's omission.
    return { slice: next, findings: [longestMs === Math.round(next.unreachedMs) ? { ...gap, attribution: 'UNKNOWN' } : gap] };
  }
  if (next.defiedMs > policy.window.overlapToleranceMs) {
    return { slice: next, findings: [finding('R3_POPUP_UNENFORCED', at, seq, { playedMs: Math.round(next.defiedMs) })] };
  }
  return { slice: next };
}

const settleControl = (slice: PopupIntervalSlice): PopupIntervalSlice =>
  slice.controlAt === null ? slice : { ...slice, clockMs: 0, controlAt: null };

/** A control is shown now. While play is claimed, the stretch up to now is still to come with the next beat. */
function restartClock(slice: PopupIntervalSlice, { ledger, at }: RuleContext): PopupIntervalSlice {
  return ledger.anchor?.state === 'PLAYING' ? { ...slice, controlAt: at } : { ...slice, clockMs: 0, controlAt: null };
}

function show(slice: PopupIntervalSlice, event: PopupIssued, context: RuleContext): PopupIntervalSlice {
  const { popup } = context.policy;
  const timeoutMs = context.opened.isAccessible ? popup.accessibleTimeoutMs : popup.responseTimeoutMs;
  return {
    ...restartClock(slice, context),
    nextIndex: event.index === null ? slice.nextIndex : slice.nextIndex + 1,
    owed: null,
    isAwaitingReturn: false,
    open: { popupId: event.popupId, issuedAt: event.at, deadlineAt: event.at + timeoutMs, expected: event.expected, wrongAnswers: 0 },
  };
}

function answer(slice: PopupIntervalSlice, event: PopupAnswered, context: RuleContext): Applied<PopupIntervalSlice> {
  const { open } = slice;
  if (open === null || open.popupId !== event.popupId || event.at > open.deadlineAt) return { slice };
  if (event.answer.trim() !== open.expected) {
    const wrongAnswers = open.wrongAnswers + 1;
    return wrongAnswers < MAX_WRONG_ANSWERS ? { slice: { ...slice, open: { ...open, wrongAnswers } } } : miss(slice, open, context);
  }
  const answered: PopupIntervalSlice = { ...slice, open: null, answered: slice.answered + 1, defiedMs: 0 };
  const tookMs = event.at - open.issuedAt;
  const findings: Fact[] = [];
  const signals: Signal[] = [{ type: 'presence.confirmed', isControl: false }];
  if (tookMs > context.policy.popup.responseTimeoutMs) findings.push(finding('ACCESSIBLE_TIMEOUT', context.at, context.seq, { popupId: open.popupId, tookMs }));
  if (!event.trusted || Math.min(tookMs, event.elapsedMs) < QUICKEST_ANSWER_MS) {
    findings.push(finding('R3_POPUP_AUTOMATED', context.at, context.seq, { popupId: open.popupId, tookMs, elapsedMs: event.elapsedMs, trusted: event.trusted }));
    signals.push({ type: 'face-check.owed', reason: 'DOUBT' });
  }
  return { slice: answered, findings, signals };
}

/** An unanswered popup counts as missed only while the trainee could have answered it. */
function missIfLate(slice: PopupIntervalSlice, context: RuleContext): Applied<PopupIntervalSlice> {
  if (slice.open === null || context.at < slice.open.deadlineAt) return { slice };
  return context.isReachable ? miss(slice, slice.open, context) : { slice: showAfresh(slice) };
}

function miss(slice: PopupIntervalSlice, { popupId }: OpenPopup, { policy, at, seq }: RuleContext): Applied<PopupIntervalSlice> {
  const missed = slice.missed + 1;
  const detail: Fact['detail'] = { popupId, missed, maxMissed: policy.popup.maxMissed };
  const findings = [finding('R3_MISSED', at, seq, detail)];
  if (missed > policy.popup.maxMissed) findings.push(finding('R3_POPUP_UNANSWERED', at, seq, detail));
  if (policy.popup.onTimeout === 'RECORD') return { slice: { ...slice, open: null, missed }, findings };
  return { slice: { ...slice, open: null, missed, isAwaitingReturn: true }, findings, signals: [{ type: 'credit.withheld' }] };
}

const comeBack = (slice: PopupIntervalSlice): PopupIntervalSlice =>
  slice.isAwaitingReturn ? { ...slice, owed: { index: null } } : slice;

function oweIfDue(slice: PopupIntervalSlice, context: RuleContext): PopupIntervalSlice {
  if (slice.open !== null || slice.owed !== null || slice.isAwaitingReturn || context.schedule === null) return slice;
  return playedSince(slice, context) >= gapMs(slice, context) ? { ...slice, owed: { index: slice.nextIndex } } : slice;
}

/** Play since the last control as far as it may be assumed now. */
function playedSince(slice: PopupIntervalSlice, { projectedMs, at }: RuleContext): number {
  return slice.controlAt === null ? slice.clockMs + projectedMs : Math.min(projectedMs, at - slice.controlAt);
}

/** A schedule used up (only by long re-watching) goes on at the shortest gap. */
function gapMs(slice: PopupIntervalSlice, { schedule, policy }: RuleContext): number {
  return schedule?.popupGaps[slice.nextIndex] ?? policy.popup.scheduleMinMs;
}

/** Popups a schedule needs for a lesson watched about twice over, counted at the shortest gap. */
export const popupGapsNeeded = (durationMs: number, policy: Policy): number =>
  2 * Math.ceil(durationMs / policy.popup.scheduleMinMs) + 8;
