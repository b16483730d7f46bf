/** Make-up lessons (clause C-24): a new attempt at a lesson that failed, before the final assessment. */
import type { SessionAccount } from '../account.js';
import type { Policy } from '../policy.js';
import { type ProgrammeFinding, programmeFinding } from './finding.js';
import { isVoiding } from './hour-verdict.js';

/** Consent of the local HRSS department to making up a lesson. */
export interface MakeupConsent {
  readonly lessonId: string;
  readonly reason: string;
  readonly approvedBy: string;
  /** Server ms. */
  readonly approvedAt: number;
}

export interface RefusedMakeups {
  /** Sessions that do not count. */
  readonly refused: ReadonlySet<string>;
  readonly findings: readonly ProgrammeFinding[];
}

/**
 * The make-ups that do not count. What the environment alone caused may be made up without consent; every make-up has
 * to end before the final assessment.
 * @param accounts every session of one enrolment
 */
export function refusedMakeups(accounts: readonly SessionAccount[], consents: readonly MakeupConsent[], finalAssessmentAt: number | null, policy: Policy): RefusedMakeups {
  const findings = accounts.flatMap((account) => {
    const before = accounts.filter(({ lessonId, attempt }) => lessonId === account.lessonId && attempt < account.attempt);
    if (before.length === 0) return [];
    const { sessionId, lessonId, attempt, openedAt, closedAt } = account;
    const isUnderConsent = before.some((earlier) => needsConsent(earlier, policy));
    const hasConsent = consents.some((consent) => consent.lessonId === lessonId && consent.approvedAt <= openedAt);
    const endedAt = closedAt ?? openedAt;
    const isLate = finalAssessmentAt !== null && endedAt >= finalAssessmentAt;
    return [
      ...(isUnderConsent && !hasConsent ? [programmeFinding('C24_MAKEUP_UNAPPROVED', { sessionId, lessonId, attempt, openedAt })] : []),
      ...(isLate ? [programmeFinding('C24_MAKEUP_TOO_LATE', { sessionId, lessonId, attempt, endedAt, finalAssessmentAt })] : []),
    ];
  });
  return { refused: new Set(findings.map(({ detail }) => String(detail['sessionId']))), findings };
}

/** Whether making up this attempt takes the consent of the HRSS department. */
export const needsConsent = (account: SessionAccount, { makeup }: Policy): boolean => makeup.approval === 'HRSS' && !isBlameless(account);

/** Nothing of it is void, or what made it so lay with the environment. */
function isBlameless({ verdict, findings }: SessionAccount): boolean {
  if (verdict !== 'INVALID' && verdict !== 'NOT_RECOGNISED' && findings.every(({ voids }) => voids.length === 0)) return true;
  const causes = findings.filter(isVoiding);
  return causes.length > 0 && causes.every(({ attribution }) => attribution === 'ENVIRONMENT');
}
