/**
 * The credit ledger: turns beats into accepted play and credited coverage. What a beat says is a claim; server time,
 * the frontier and the holds in force decide what of it counts (principles P3, P4).
 */
import type { BeatReceived, ConnectionJoined, PlaybackState, SessionOpened } from './event.js';
import type { Interval, IntervalSet } from './interval-set.js';
import { addInterval, lastCovered, missingOf, removeInterval, totalMs } from './interval-set.js';
import type { PageClock } from './page-clock.js';
import { joinClock, readClock, refund, startClock } from './page-clock.js';
import type { Policy } from './policy.js';

export interface Anchor {
  readonly at: number;
  /** Server time at which the beat was captured: its arrival less the delay that the page's clock proves. */
  readonly captureAt: number;
  readonly positionMs: number;
  readonly state: PlaybackState;
}

/** A time in which a hold keeps play from being credited; `to` is null while it lasts. */
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
  /**
   * Furthest position reached in real time, credited or not. Play that earned nothing (offline too long, withheld) has
   * to be taken again, but what follows it was not skipped to.
   */
  readonly reachedMs: number;
  /** Server time at which the trainee's presence was last confirmed. */
  readonly confirmedAt: number | null;
  readonly anchor: Anchor | null;
  readonly clock: PageClock | null;
  /** Play that may still be credited from beats delivered late, ms. */
  readonly lateCreditLeftMs: number;
  readonly holdSpans: readonly HoldSpan[];
  readonly runs: readonly PlayedRun[];
  /** Play that is credited, in order of study: `coverage` with the server time at which each stretch of it was earned. */
  readonly credited: readonly PlayedRun[];
  readonly lastPlayAt: number | null;
}

/** What one beat claims against what server time allows. */
export interface Claim {
  readonly fromMs: number;
  /** How far beyond the furthest position reached the stretch began, ms. */
  readonly skippedMs: number;
  /** Forward movement claimed, and server time in which it is said to have happened. */
  readonly advanceMs: number;
  readonly elapsedMs: number;
  /** Accepted as play; and the part of it that is new coverage. */
  readonly acceptedMs: number;
  readonly creditedMs: number;
  /** Play claimed under a hold that must have been heard of: the line was seen alive since it began, ms. */
  readonly defiedMs: number;
  /** Play claimed for a time in which nobody could reach the page, and not accepted, ms. */
  readonly unreachedMs: number;
  readonly startAt: number;
  readonly endAt: number;
}

export const emptyLedger = (policy: Policy): Ledger => ({
  coverage: [],
  unconfirmed: [],
  playedMs: 0,
  timelineMs: 0,
  withheldMs: 0,
  reachedMs: 0,
  confirmedAt: null,
  anchor: null,
  clock: null,
  lateCreditLeftMs: lateCreditMs(policy),
  holdSpans: [],
  runs: [],
  credited: [],
  lastPlayAt: null,
});

/** The grace, and the heartbeat that was under way when the line broke. */
const lateCreditMs = ({ network }: Policy): number => network.offlineGraceMs + network.heartbeatMs;

/** The lesson is watched to its end, as far as the policy asks. */
export const isWatched = ({ coverage }: Ledger, { lesson, policy }: SessionOpened): boolean =>
  totalMs(coverage) >= lesson.durationMs * policy.completion.minCoverage;

/** Takes one beat: moves the anchor, and books the stretch since the last one if play was claimed for it. */
export function takeBeat(
  ledger: Ledger,
  beat: BeatReceived,
  policy: Policy,
  durationMs: number,
): { readonly ledger: Ledger; readonly claim: Claim | null } {
  const known = ledger.clock ?? startClock(beat.at, beat.clientMonoMs, policy);
  const reading = readClock(known, beat.at, beat.clientMonoMs, policy);
  const previous = ledger.anchor === null ? null : { ...ledger.anchor, captureAt: ledger.anchor.captureAt + reading.shiftMs };
  const anchor: Anchor = {
    at: beat.at,
    captureAt: Math.max(previous?.captureAt ?? -Infinity, reading.captureAt),
    positionMs: Math.min(beat.positionMs, durationMs),
    state: beat.state,
  };
  const isLate = anchor.at - anchor.captureAt > policy.playback.errorMs;
  const moved: Ledger = {
    ...ledger,
    anchor,
    clock: reading.clock,
    holdSpans: prune(ledger.holdSpans, anchor.captureAt),
    lateCreditLeftMs: isLate ? ledger.lateCreditLeftMs : lateCreditMs(policy),
  };
  if (previous?.state !== 'PLAYING' || anchor.positionMs < previous.positionMs) return { ledger: moved, claim: null };
  const unplayedMs = anchor.captureAt - previous.captureAt - (anchor.positionMs - previous.positionMs);
  const paid: Ledger = { ...moved, clock: refund(reading.clock, unplayedMs, policy) };
  return book(paid, { previous, anchor, isLate, holdSpans: ledger.holdSpans }, policy);
}

interface Stretch {
  readonly previous: Anchor;
  readonly anchor: Anchor;
  readonly isLate: boolean;
  readonly holdSpans: readonly HoldSpan[];
}

function book(ledger: Ledger, stretch: Stretch, policy: Policy): { readonly ledger: Ledger; readonly claim: Claim } {
  const { previous, anchor, isLate, holdSpans } = stretch;
  const { errorMs, errorRatio, maxRate, forwardSeek } = policy.playback;
  const advanceMs = anchor.positionMs - previous.positionMs;
  const elapsedMs = anchor.captureAt - previous.captureAt;
  const heldMs = overlapMs(holdSpans, previous.captureAt, anchor.captureAt);
  const skippedMs = Math.max(0, previous.positionMs - ledger.reachedMs);
  const isReached = skippedMs <= errorMs || forwardSeek === 'ALLOW';
  const allowedMs = elapsedMs * maxRate * (1 + errorRatio) + errorMs;

  // Nobody heard from the client for longer than a lease lives: that much play at most can be believed.
  const believableMs = Math.min(advanceMs, policy.network.leaseTtlMs);
  const withinTime = Math.min(believableMs, heldMs > 0 ? elapsedMs - heldMs : allowedMs);
  const withinGrace = isLate ? Math.min(withinTime, ledger.lateCreditLeftMs) : withinTime;
  const acceptedMs = isReached ? Math.max(0, withinGrace) : 0;

  const coveredTo = lastCovered(ledger.coverage, previous.positionMs);
  const from = previous.positionMs - coveredTo <= errorMs ? coveredTo : previous.positionMs;
  const to = previous.positionMs + acceptedMs;
  const fresh = acceptedMs > 0 ? missingOf(ledger.coverage, [from, to]) : [];
  const coverage = fresh.reduce(addInterval, ledger.coverage);
  const claim: Claim = {
    fromMs: previous.positionMs,
    skippedMs,
    advanceMs,
    elapsedMs,
    acceptedMs,
    creditedMs: totalMs(coverage) - totalMs(ledger.coverage),
    defiedMs: isLate ? 0 : Math.min(advanceMs, overlapMs(heardOf(holdSpans, previous.at), Math.max(previous.captureAt, previous.at), anchor.captureAt)),
    unreachedMs: isLate ? Math.max(0, Math.min(advanceMs, elapsedMs) - acceptedMs) : 0,
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
      reachedMs: isReached ? Math.max(ledger.reachedMs, previous.positionMs + Math.min(advanceMs, allowedMs)) : ledger.reachedMs,
      lateCreditLeftMs: isLate ? Math.max(0, ledger.lateCreditLeftMs - acceptedMs) : ledger.lateCreditLeftMs,
      runs: acceptedMs > 0 ? addRun(ledger.runs, runOf(claim, to)) : ledger.runs,
      credited: fresh.reduce((runs, interval) => addRun(runs, cut({ ...runOf(claim, to), fromMs: from }, interval), 0), ledger.credited),
      lastPlayAt: acceptedMs > 0 ? anchor.captureAt : ledger.lastPlayAt,
    },
    claim,
  };
}

function overlapMs(spans: readonly HoldSpan[], from: number, to: number): number {
  return spans.reduce((sum, span) => sum + Math.max(0, Math.min(span.to ?? Infinity, to) - Math.max(span.from, from)), 0);
}

/** Holds under which a message of the client had arrived: the line was alive, so the command had its chance. */
const heardOf = (spans: readonly HoldSpan[], at: number): readonly HoldSpan[] => spans.filter((span) => span.from < at);

function prune(spans: readonly HoldSpan[], from: number): readonly HoldSpan[] {
  return spans.filter((span) => span.to === null || span.to > from);
}

const runOf = (claim: Claim, toMs: number): PlayedRun => ({ fromAt: claim.startAt, toAt: claim.endAt, fromMs: claim.fromMs, toMs });

/** Adds a run, to the last one where it goes on from it: within a quarter of a second, and `apartMs` of the lesson. */
function addRun(runs: readonly PlayedRun[], run: PlayedRun, apartMs = 250): readonly PlayedRun[] {
  const last = runs.at(-1);
  if (last !== undefined && run.fromAt - last.toAt <= 250 && Math.abs(run.fromMs - last.toMs) <= apartMs) {
    return [...runs.slice(0, -1), { ...last, toAt: run.toAt, toMs: run.toMs }];
  }
  return [...runs, run];
}

/** The part of a run that lies in `[fromMs, toMs]` of the lesson, with its share of the time. */
function cut(run: PlayedRun, [fromMs, toMs]: Interval): PlayedRun {
  const atOf = (ms: number): number => Math.round(run.fromAt + ((run.toAt - run.fromAt) * (ms - run.fromMs)) / (run.toMs - run.fromMs));
  return { fromAt: atOf(fromMs), toAt: atOf(toMs), fromMs, toMs };
}

/** Runs without a set of positions. */
const without = (runs: readonly PlayedRun[], gone: IntervalSet): readonly PlayedRun[] =>
  runs.flatMap((run) => missingOf(gone, [run.fromMs, run.toMs]).map((left) => cut(run, left)));

/** Begins the hold that stops credit, at `from`, or ends it. */
export function setHeld(ledger: Ledger, isHeld: boolean, from: number, at: number): Ledger {
  const open = ledger.holdSpans.at(-1);
  if (open === undefined || open.to !== null) return isHeld ? { ...ledger, holdSpans: [...ledger.holdSpans, { from, to: null }] } : ledger;
  return isHeld ? ledger : { ...ledger, holdSpans: [...ledger.holdSpans.slice(0, -1), { ...open, to: at }] };
}

/** The trainee's presence is confirmed: what was earned until now stands. */
export const confirm = (ledger: Ledger, at: number): Ledger => ({ ...ledger, unconfirmed: [], confirmedAt: at });

/** A popup was missed: credit since the last confirmed instant is withheld now, and play goes on from there (P3). */
export function withhold(ledger: Ledger): Ledger {
  return {
    ...ledger,
    coverage: ledger.unconfirmed.reduce(removeInterval, ledger.coverage),
    credited: without(ledger.credited, ledger.unconfirmed),
    unconfirmed: [],
    withheldMs: ledger.withheldMs + totalMs(ledger.unconfirmed),
  };
}

/** A client (re)joined. Another page does not go on playing where the last one was. */
export function rejoin(ledger: Ledger, joined: ConnectionJoined, isSame: boolean, policy: Policy): Ledger {
  const { anchor } = ledger;
  const { at, clientMonoMs } = joined;
  const silentMs = anchor === null ? 0 : at - anchor.captureAt;
  const clock = ledger.clock === null ? startClock(at, clientMonoMs, policy) : joinClock(ledger.clock, at, clientMonoMs, { isSame, silentMs }, policy);
  return { ...ledger, clock, anchor: anchor === null || isSame ? anchor : { ...anchor, state: 'PAUSED' } };
}

/** Another session of the person had the lease between two joins: what was captured from the last beat to the second one earns nothing. */
export function studiedElsewhere(ledger: Ledger, lastJoinedAt: number, joinedAt: number): Ledger {
  const from = ledger.anchor?.at ?? lastJoinedAt;
  const isHeld = ledger.holdSpans.at(-1)?.to === null;
  const earlier = ledger.holdSpans.flatMap((span): HoldSpan[] => (span.from < from ? [{ from: span.from, to: Math.min(span.to ?? from, from) }] : []));
  return { ...ledger, holdSpans: [...earlier, { from, to: joinedAt }, ...(isHeld ? [{ from: joinedAt, to: null }] : [])] };
}
