/** What may be shown of a state: the trainee's meter and the report's summary are this one view. */
import { voidsCredit } from './effects.js';
import { frontierMs, totalMs } from './interval-set.js';
import type { IntervalSet } from './interval-set.js';
import type { SessionState } from './state.js';
import { canFinish, outstanding, RULE_IDS, verdictOf } from './step.js';
import type { HoldReason, RuleId, SessionVerdict } from './types.js';

export interface RuleLight {
  readonly rule: RuleId;
  /** RED: failed. AMBER: something is missing or held. GREEN: nothing to say. */
  readonly light: 'GREEN' | 'AMBER' | 'RED';
  readonly code: string | null;
}

export interface SessionView {
  readonly status: 'OPENED' | 'STUDYING' | 'HELD' | 'CLOSED';
  readonly verdict: SessionVerdict;
  readonly holds: readonly HoldReason[];
  readonly frontierMs: number;
  readonly creditedMs: number;
  readonly durationMs: number;
  readonly coverage: IntervalSet;
  readonly lights: readonly RuleLight[];
  readonly popups: { readonly answered: number; readonly missed: number; readonly maxMissed: number };
  readonly snapshots: { readonly qualifying: number; readonly scheduled: number };
  readonly faceChecks: { readonly passed: number; readonly required: number };
  readonly isComplete: boolean;
}

/** The view of an opened session; `null` before `session.opened`. */
export function viewOf(state: SessionState): SessionView | null {
  if (state.status === 'unopened') return null;
  const { opened, schedule, ledger, slices, holds } = state;
  const isClosed = state.status === 'closed';
  return {
    status: isClosed ? 'CLOSED' : state.place === null ? 'OPENED' : holds.length > 0 ? 'HELD' : 'STUDYING',
    verdict: verdictOf(state),
    holds: isClosed ? [] : holds,
    frontierMs: frontierMs(ledger.coverage),
    creditedMs: totalMs(ledger.coverage),
    durationMs: opened.lesson.durationMs,
    coverage: ledger.coverage,
    lights: RULE_IDS.map((rule) => lightOf(state, rule)),
    popups: { answered: slices.R3.answered, missed: slices.R3.missed, maxMissed: opened.policy.popup.maxMissed },
    snapshots: { qualifying: slices.R6.qualifying.length, scheduled: schedule?.snapshots.length ?? 0 },
    faceChecks: { passed: slices.R4.passed, required: 1 + (schedule?.faceChecks.length ?? 0) },
    isComplete: canFinish(state),
  };
}

function lightOf(state: Exclude<SessionState, { status: 'unopened' }>, rule: RuleId): RuleLight {
  const findings = state.findings.filter((found) => found.rule === rule);
  const failed = findings.find(voidsCredit);
  if (failed !== undefined) return { rule, light: 'RED', code: failed.code };
  const noted = findings.find((found) => found.effect === 'WITHHOLD_INTERVAL' || found.effect === 'REVIEW');
  if (noted !== undefined) return { rule, light: 'AMBER', code: noted.code };
  const missing = state.status === 'live' ? outstanding(state).find((entry) => entry.rule === rule) : undefined;
  return missing === undefined ? { rule, light: 'GREEN', code: null } : { rule, light: 'AMBER', code: missing.code };
}
