import type { Want } from './command.js';
import type { LivenessReason, ScheduleDrawn, SessionEvent, SessionOpened } from './event.js';
import type { Fact, FindingCode } from './finding.js';
import { reachFor, totalMs } from './interval-set.js';
import type { Claim, Ledger } from './ledger.js';
import type { Policy } from './policy.js';
import type { HoldReason } from './types.js';

/** What one rule tells those after it in the same step. */
export type Signal =
  /** The trainee proved presence; `isControl` when it also counts as a popup control (R3). */
  | { readonly type: 'presence.confirmed'; readonly isControl: boolean }
  /** Credit since the last confirmed instant is withheld. */
  | { readonly type: 'credit.withheld' }
  /** A check is owed: who is in front of the camera has become doubtful. */
  | { readonly type: 'face-check.owed'; readonly reason: LivenessReason };

/** What a rule may look at. `ledger` already holds the event's claim. */
export interface RuleContext {
  readonly opened: SessionOpened;
  readonly schedule: ScheduleDrawn | null;
  readonly policy: Policy;
  readonly ledger: Ledger;
  readonly claim: Claim | null;
  /** Server time of the event, and its number in the journal. */
  readonly at: number;
  readonly seq: number;
  /** Holds that were in force before the event. */
  readonly holds: readonly HoldReason[];
  /** The client can be reached: connected, and not silent for longer than the grace. */
  readonly isReachable: boolean;
  /** Play since the last beat that may be assumed while nothing says otherwise, ms. */
  readonly projectedMs: number;
  /** The session's credited timeline with that assumption: snapshots and face checks fall due on it, ms. */
  readonly timelineMs: number;
  /** Server time until which the assumption may be stretched; null while play may not be assumed at all. */
  readonly projectedUntil: number | null;
  readonly signals: readonly Signal[];
}

export interface Applied<S> {
  readonly slice: S;
  readonly findings?: readonly Fact[];
  readonly signals?: readonly Signal[];
}

/** One rule of the notice over its own slice of the state. */
export interface Rule<S> {
  start(opened: SessionOpened): S;
  apply(slice: S, event: SessionEvent, context: RuleContext): Applied<S>;
  /** Why credit must stand still because of this rule. */
  holds(slice: S, policy: Policy): readonly HoldReason[];
  /** What the shell has to issue now; cleared by the event that issuing it brings. */
  wants(slice: S): readonly Want[];
  /** Server time at which this rule must be looked at again, or null. */
  deadline(slice: S, context: RuleContext): number | null;
  /** What keeps the session from ending, as the code that would be found if it ended now; null when satisfied. */
  outstanding(slice: S, context: RuleContext): FindingCode | null;
}

/** Server time at which `leftMs` more of assumed play will have passed, or null while play may not be assumed that far. */
export function dueAt(leftMs: number, { at, projectedUntil }: Pick<RuleContext, 'at' | 'projectedUntil'>): number | null {
  const due = Math.ceil(at + Math.max(0, leftMs));
  return projectedUntil === null || due > projectedUntil ? null : due;
}

/** Play from the last beat on may be assumed to earn: it did not begin ahead of what was reached. */
export const isEarning = (ledger: Ledger, policy: Policy): boolean => ledger.anchor !== null && ledger.anchor.positionMs - ledger.reachedMs <= policy.playback.errorMs;

/** Server time at which the credited timeline will have reached an instant: play over what is covered already does not move it, nor play ahead of it. */
export function dueOnTimeline(atMs: number, context: RuleContext): number | null {
  const { coverage, anchor } = context.ledger;
  if (anchor === null || !isEarning(context.ledger, context.policy)) return null;
  return dueAt(reachFor(coverage, anchor.positionMs, atMs - totalMs(coverage)) - context.projectedMs, context);
}

/** How long the trainee had neither studied nor proved presence before this event, ms. */
export function pausedMs({ claim, ledger, at }: Pick<RuleContext, 'claim' | 'ledger' | 'at'>): number {
  const sinceMs = (then: number | null): number => (then === null ? Infinity : at - then);
  const unplayedMs = claim === null ? sinceMs(ledger.lastPlayAt) : claim.elapsedMs - claim.advanceMs;
  const pauseMs = Math.min(unplayedMs, sinceMs(ledger.confirmedAt));
  return pauseMs === Infinity ? 0 : pauseMs;
}
