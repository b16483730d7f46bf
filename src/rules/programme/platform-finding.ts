/**
 * What is found about a platform (clause C-12). A pattern of failing controls is a suspicion and a dossier for the
 * authority; only the authority's decision confirms a defect, and only that bars.
 */
import type { SessionAccount } from '../account.js';
import type { FindingCode } from '../finding.js';
import type { Policy } from '../policy.js';
import { addYears, type CalendarDate, shanghaiDay } from './calendar.js';
import type { AuthorityDecision } from './eligibility.js';

/** The same control failing in this share of a platform's sessions of one day is a suspicion. Our number; no source states one. */
export const SUSPECTED_SHARE = 0.05;

export interface SuspectedDefect {
  readonly day: CalendarDate;
  readonly code: FindingCode;
  readonly sessions: number;
  readonly ofSessions: number;
  readonly sessionIds: readonly string[];
}

export type PlatformFinding =
  | { readonly status: 'CONFORMANT' }
  | { readonly status: 'DEFECT_SUSPECTED'; readonly suspected: readonly SuspectedDefect[] }
  | { readonly status: 'DEFECT_CONFIRMED'; readonly decisionRef: string; readonly barredUntil: CalendarDate; readonly suspected: readonly SuspectedDefect[] };

/** Control failures of one platform, day by day, by the day in Asia/Shanghai on which a session was opened. */
export function suspectedDefects(sessions: readonly SessionAccount[]): readonly SuspectedDefect[] {
  const days = [...new Set(sessions.map(({ openedAt }) => shanghaiDay(openedAt)))].sort();
  return days.flatMap((day) => {
    const ofDay = sessions.filter(({ openedAt }) => shanghaiDay(openedAt) === day);
    const codes = [...new Set(ofDay.flatMap((session) => controlFailures(session)))].sort();
    return codes
      .map((code): SuspectedDefect => {
        const sessionIds = ofDay.filter((session) => controlFailures(session).includes(code)).map(({ sessionId }) => sessionId).sort();
        return { day, code, sessions: sessionIds.length, ofSessions: ofDay.length, sessionIds };
      })
      .filter(({ sessions: count, ofSessions }) => count >= SUSPECTED_SHARE * ofSessions - 1e-9);
  });
}

/** Failures of a control; what was only recorded is a control at work. */
const controlFailures = ({ findings }: SessionAccount): readonly FindingCode[] =>
  findings.filter(({ attribution, effect }) => attribution === 'PLATFORM_CONTROL' && effect !== 'RECORD_ONLY').map(({ code }) => code);

/** The standing of a platform on a day. */
export function platformFinding(sessions: readonly SessionAccount[], decisions: readonly AuthorityDecision[], on: CalendarDate, { platform }: Policy): PlatformFinding {
  const suspected = suspectedDefects(sessions);
  const inForce = decisions
    .map(({ decisionRef, violationOn }) => ({ decisionRef, violationOn, barredUntil: addYears(violationOn, platform.barYears) }))
    .filter(({ violationOn, barredUntil }) => violationOn <= on && on <= barredUntil)
    .sort((a, b) => (a.barredUntil < b.barredUntil ? 1 : -1))[0];
  if (inForce !== undefined) return { status: 'DEFECT_CONFIRMED', decisionRef: inForce.decisionRef, barredUntil: inForce.barredUntil, suspected };
  return suspected.length === 0 ? { status: 'CONFORMANT' } : { status: 'DEFECT_SUSPECTED', suspected };
}
