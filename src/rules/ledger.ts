/**
 * The credit ledger: turns beats into accepted play and credited coverage. What a beat says is a claim; server time,
 * the frontier and the holds in force decide what of it counts (principles P3, P4).
 */
import type { BeatReceived, PlaybackState } from './event.js';
import type { IntervalSet } from './interval-set.js';
import { addInterval, frontierMs, missingOf, removeInterval, totalMs } from './interval-set.js';
import type { Policy } from './policy.js';

export interface Anchor {
  readonly at: number;
  /** Server time at which the beat was captured: its arrival less the delay that the client's clock proves. */
  readonly captureAt: number;
  readonly positionMs: number;
  readonly state: PlaybackState;
  readonly visible: boolean;
  readonly pictureInPicture: boolean;
}

/** A time during which a control held play; `to` is null while it lasts. */
export interface HoldSpan {
  readonly from: number;
  readonly to: number | null;
}

/** One stretch of accepted play, for the report's timeline. */
export interface PlayedRun {
  readonly fromAt: number;
  readonly toAt: number;
  readonly fromMs: number;
  readonly toMs: number;
}

export interface Ledger {
  readonly coverage: IntervalSet;
  /** Credited since the trainee's presence was last confirmed; withdrawn when a popup is missed. */
  readonly unconfirmed: IntervalSet;
  /** Accepted playing time, re-watched parts included, ms. The popup clock runs on it. */
  readonly playedMs: number;
  /** Largest credited time so far, ms: the session's own timeline for snapshots and face checks. */
  readonly timelineMs: number;
  readonly withheldMs: number;
  readonly anchor: Anchor | null;
  /** Smallest (server receive time − client monotonic time) since the client joined, ms. */
  readonly clockOffsetMs: number | null;
  /** Play that may still be credited from beats delivered late, ms. */
  readonly offlineLeftMs: number;
  readonly holdSpans: readonly HoldSpan[];
  readonly runs: readonly PlayedRun[];
  readonly lastPlayAt: number | null;
}

/** What one beat claims against what server time allows. */
export interface Claim {
  readonly fromMs: number;
  readonly toMs: number;
  /** Forward movement claimed, and server time in which it is said to have happened. */
  readonly advanceMs: number;
  readonly elapsedMs: number;
  /** Movement that time does not explain: what counts against the error budget of rule 1. */
  readonly excessMs: number;
  /** Accepted as play; and the part of it that is new coverage. */
  readonly acceptedMs: number;
  readonly creditedMs: number;
  /** Play claimed while a hold was in force. */
  readonly overrunMs: number;
  /** How far beyond the frontier the stretch began; more than the error means skipped content. */
  readonly aheadMs: number;
  readonly startAt: number;
  readonly endAt: number;
}

export const emptyLedger = (policy: Policy): Ledger => ({
  coverage: [],
  unconfirmed: [],
  playedMs: 0,
  timelineMs: 0,
  withheldMs: 0,
  anchor: null,
  clockOffsetMs: null,
  offlineLeftMs: policy.network.offlineGraceMs,
  holdSpans: [],
  runs: [],
  lastPlayAt: null,
});

/** Takes one beat: moves the anchor, and books the stretch since the last one if play was claimed for it. */
export function takeBeat(
  ledger: Ledger,
  beat: BeatReceived,
  policy: Policy,
  durationMs: number,
): { readonly ledger: Ledger; readonly claim: Claim | null } {
  const previous = ledger.anchor;
  const sample = beat.at - beat.clientMonoMs;
  const clockOffsetMs = ledger.clockOffsetMs === null ? sample : Math.min(ledger.clockOffsetMs, sample);
  const captureAt = Math.max(previous?.captureAt ?? -Infinity, Math.min(beat.at, beat.clientMonoMs + clockOffsetMs));
  const positionMs = Math.min(beat.positionMs, durationMs);
  const anchor: Anchor = {
    at: beat.at,
    captureAt,
    positionMs,
    state: beat.state,
    visible: beat.visible,
    pictureInPicture: beat.pictureInPicture,
  };
  const moved: Ledger = { ...ledger, anchor, clockOffsetMs, holdSpans: prune(ledger.holdSpans, captureAt) };
  if (previous?.state !== 'PLAYING' || positionMs < previous.positionMs) {
    return { ledger: { ...moved, offlineLeftMs: refreshed(moved, anchor, policy) }, claim: null };
  }
  return book(moved, ledger.holdSpans, previous, anchor, policy);
}

function book(
  ledger: Ledger,
  holdSpans: readonly HoldSpan[],
  previous: Anchor,
  anchor: Anchor,
  policy: Policy,
): { readonly ledger: Ledger; readonly claim: Claim } {
  const { errorMs, errorRatio, maxRate } = policy.playback;
  const advanceMs = anchor.positionMs - previous.positionMs;
  const elapsedMs = anchor.captureAt - previous.captureAt;
  const heldMs = overlapMs(holdSpans, previous.captureAt, anchor.captureAt, errorMs);
  const playableMs = elapsedMs - heldMs;
  const frontier = frontierMs(ledger.coverage);
  const aheadMs = Math.max(0, previous.positionMs - frontier);
  const isContiguous = aheadMs <= errorMs;

  // Nobody heard from the client for longer than a lease lives: that much play at most can be believed.
  const believableMs = Math.min(advanceMs, policy.network.leaseTtlMs);
  const withinTime = heldMs > 0 ? Math.min(believableMs, playableMs) : Math.min(believableMs, playableMs * maxRate * (1 + errorRatio) + errorMs);
  const isLate = anchor.at - anchor.captureAt > errorMs;
  const withinGrace = isLate ? Math.min(withinTime, ledger.offlineLeftMs) : withinTime;
  const acceptedMs = isContiguous ? Math.max(0, withinGrace) : 0;

  const from = Math.min(previous.positionMs, Math.max(frontier, previous.positionMs - errorMs));
  const to = previous.positionMs + acceptedMs;
  const fresh = acceptedMs > 0 ? missingOf(ledger.coverage, [Math.min(from, previous.positionMs), to]) : [];
  const coverage = fresh.reduce(addInterval, ledger.coverage);
  const creditedMs = totalMs(coverage) - totalMs(ledger.coverage);
  const skippedMs = isContiguous && acceptedMs > 0 ? aheadMs : 0;
  const claim: Claim = {
    fromMs: previous.positionMs,
    toMs: anchor.positionMs,
    advanceMs,
    elapsedMs,
    excessMs: advanceMs - elapsedMs * maxRate * (1 + errorRatio) + skippedMs,
    acceptedMs,
    creditedMs,
    overrunMs: Math.max(0, Math.min(advanceMs, elapsedMs) - playableMs),
    aheadMs,
    startAt: previous.captureAt,
    endAt: anchor.captureAt,
  };
  return {
    ledger: {
      ...ledger,
      coverage,
      unconfirmed: fresh.reduce(addInterval, ledger.unconfirmed),
      playedMs: ledger.playedMs + acceptedMs,
      timelineMs: Math.max(ledger.timelineMs, totalMs(coverage)),
      offlineLeftMs: isLate ? Math.max(0, ledger.offlineLeftMs - acceptedMs) : policy.network.offlineGraceMs,
      runs: acceptedMs > 0 ? addRun(ledger.runs, claim, to) : ledger.runs,
      lastPlayAt: acceptedMs > 0 ? anchor.captureAt : ledger.lastPlayAt,
    },
    claim,
  };
}

function refreshed(ledger: Ledger, anchor: Anchor, policy: Policy): number {
  return anchor.at - anchor.captureAt > policy.playback.errorMs ? ledger.offlineLeftMs : policy.network.offlineGraceMs;
}

/** A hold bites after `errorMs`: the command has to reach the player first. */
function overlapMs(spans: readonly HoldSpan[], from: number, to: number, errorMs: number): number {
  return spans.reduce((sum, span) => sum + Math.max(0, Math.min(span.to ?? Infinity, to) - Math.max(span.from + errorMs, from)), 0);
}

function prune(spans: readonly HoldSpan[], from: number): readonly HoldSpan[] {
  return spans.filter((span) => span.to === null || span.to > from);
}

function addRun(runs: readonly PlayedRun[], claim: Claim, toMs: number): readonly PlayedRun[] {
  const last = runs.at(-1);
  if (last !== undefined && claim.startAt - last.toAt <= 250 && Math.abs(claim.fromMs - last.toMs) <= 250) {
    return [...runs.slice(0, -1), { ...last, toAt: claim.endAt, toMs }];
  }
  return [...runs, { fromAt: claim.startAt, toAt: claim.endAt, fromMs: claim.fromMs, toMs }];
}

/** Begins or ends the hold that stops credit. */
export function setHeld(ledger: Ledger, isHeld: boolean, at: number): Ledger {
  const open = ledger.holdSpans.at(-1);
  const isOpen = open !== undefined && open.to === null;
  if (isHeld === isOpen) return ledger;
  const holdSpans = isHeld
    ? [...ledger.holdSpans, { from: at, to: null }]
    : [...ledger.holdSpans.slice(0, -1), { from: open?.from ?? at, to: at }];
  return { ...ledger, holdSpans };
}

/** The trainee's presence is confirmed: what was earned until now stands. */
export const confirm = (ledger: Ledger): Ledger => ({ ...ledger, unconfirmed: [] });

/** A popup was missed: credit since the last confirmed instant is withheld now, and play goes on from there (P3). */
export function withhold(ledger: Ledger): Ledger {
  return {
    ...ledger,
    coverage: ledger.unconfirmed.reduce(removeInterval, ledger.coverage),
    unconfirmed: [],
    withheldMs: ledger.withheldMs + totalMs(ledger.unconfirmed),
  };
}

/** A client (re)joined: its clock is measured afresh from this live message. Another page does not go on playing where the last one was. */
export function rejoin(ledger: Ledger, at: number, clientMonoMs: number, isSamePage: boolean): Ledger {
  const anchor = ledger.anchor === null || isSamePage ? ledger.anchor : { ...ledger.anchor, state: 'PAUSED' as const };
  return { ...ledger, anchor, clockOffsetMs: at - clientMonoMs };
}
