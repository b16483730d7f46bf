/** What one session brings to the class-hour ledger of its enrolment. */
import type { Attribution, Effect, FindingCode } from './finding.js';
import type { Interval } from './interval-set.js';
import type { RuleId, SessionVerdict } from './types.js';

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
