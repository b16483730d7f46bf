/** What one session brings to the class-hour ledger of its enrolment. */
import type { Attribution, Effect, FindingCode } from './finding.js';
import { totalMs, type Interval } from './interval-set.js';
import type { PlayedRun } from './ledger.js';
import { voidsOf } from './scope.js';
import type { OpenedSession } from './state.js';
import type { RuleId, SessionVerdict } from './types.js';
import { verdictOf } from './verdict.js';

/** A stretch of credit: when it was earned (server ms), and its place on the session's own credited timeline (ms). */
export interface CreditedStretch {
  readonly fromAt: number;
  readonly toAt: number;
  readonly fromMs: number;
  readonly toMs: number;
}

export interface AccountFinding {
  readonly code: FindingCode;
  readonly rule: RuleId | null;
  readonly effect: Effect;
  readonly attribution: Attribution;
  /** Server time, ms. */
  readonly at: number;
  /** What of the session's credited timeline it voids under the scope CLASS_HOUR, ms; empty when it voids nothing. */
  readonly voids: readonly Interval[];
}

export interface SessionAccount {
  readonly sessionId: string;
  readonly enrolmentId: string;
  readonly lessonId: string;
  readonly lessonPosition: number;
  readonly attempt: number;
  readonly openedAt: number;
  /** Server time, ms; null while the session can go on. */
  readonly closedAt: number | null;
  readonly verdict: SessionVerdict;
  readonly creditedMs: number;
  /** In order of study; the stretches join to [0, creditedMs) on the credited timeline. */
  readonly credited: readonly CreditedStretch[];
  readonly findings: readonly AccountFinding[];
  /** Popups and face checks shown, and those of them left unanswered. */
  readonly checks: { readonly issued: number; readonly missed: number };
}

/** The account of a session as it stands. */
export function accountOf(state: OpenedSession): SessionAccount {
  const { opened, ledger, findings } = state;
  return {
    sessionId: opened.sessionId,
    enrolmentId: opened.enrolmentId,
    lessonId: opened.lesson.lessonId,
    lessonPosition: opened.lesson.position,
    attempt: opened.attempt,
    openedAt: opened.at,
    closedAt: state.status === 'closed' ? state.closedAt : null,
    verdict: verdictOf(state),
    creditedMs: totalMs(ledger.coverage),
    credited: timelineOf(ledger.credited),
    findings: findings.map((found) => {
      const { code, rule, effect, attribution, at } = found;
      return { code, rule, effect, attribution, at, voids: voidsOf(found, state) };
    }),
    checks: checksOf(state),
  };
}

/** Lays stretches of the lesson end to end, in the order in which they were studied. */
function timelineOf(runs: readonly PlayedRun[]): readonly CreditedStretch[] {
  let ms = 0;
  return runs.map(({ fromAt, toAt, fromMs, toMs }) => ({ fromAt, toAt, fromMs: ms, toMs: (ms += toMs - fromMs) }));
}

function checksOf({ slices, findings }: OpenedSession): SessionAccount['checks'] {
  const leftAlone = findings.filter(({ code }) => code === 'R4_CHECK_UNANSWERED').length;
  const faceTries = findings.filter(({ code }) => code === 'R4_TRY_FAILED').length;
  const missed = slices.R3.missed + leftAlone;
  return { issued: slices.R3.answered + slices.R4.passed + faceTries + missed, missed };
}
