/** Of several attempts at a lesson one counts; the others stay listed. */
import type { SessionAccount } from '../account.js';
import { addInterval, type IntervalSet, totalMs } from '../interval-set.js';

export type AttemptUse =
  | 'COUNTED'
  /** Another attempt at the lesson counts. */
  | 'SUPERSEDED'
  /** A make-up without the consent it needed, or after its time. */
  | 'REFUSED';

export interface AttemptRow {
  readonly sessionId: string;
  readonly enrolmentId: string;
  readonly lessonId: string;
  readonly lessonPosition: number;
  readonly attempt: number;
  readonly verdict: SessionAccount['verdict'];
  readonly creditedMs: number;
  readonly use: AttemptUse;
}

export interface Attempts {
  readonly counted: readonly SessionAccount[];
  /** Every attempt, by place of its lesson, enrolment and number. */
  readonly rows: readonly AttemptRow[];
}

/** Nothing of it has to be made up: it is valid, and no finding takes of its credit. */
export const isSettled = ({ verdict, findings }: Pick<SessionAccount, 'verdict' | 'findings'>): boolean => verdict === 'VALID' && findings.every(({ voids }) => voids.length === 0);

/** Of the valid attempts at a lesson the one of which least is void counts, the first of several; without a valid one, the last. */
export function chooseAttempts(accounts: readonly SessionAccount[], refused: ReadonlySet<string>): Attempts {
  const sorted = [...accounts].sort(byLessonAndAttempt);
  const counting = new Map<string, SessionAccount>();
  for (const account of sorted) {
    const key = `${account.enrolmentId} ${account.lessonId}`;
    if (!refused.has(account.sessionId) && isBetter(account, counting.get(key))) counting.set(key, account);
  }
  const counted = new Set(counting.values());
  const useOf = (account: SessionAccount): AttemptUse => (counted.has(account) ? 'COUNTED' : refused.has(account.sessionId) ? 'REFUSED' : 'SUPERSEDED');
  return {
    counted: sorted.filter((account) => counted.has(account)),
    rows: sorted.map((account) => {
      const { sessionId, enrolmentId, lessonId, lessonPosition, attempt, verdict, creditedMs } = account;
      return { sessionId, enrolmentId, lessonId, lessonPosition, attempt, verdict, creditedMs, use: useOf(account) };
    }),
  };
}

/** Whether a later attempt counts instead of the one that counted before it. */
function isBetter(later: SessionAccount, earlier: SessionAccount | undefined): boolean {
  if (earlier?.verdict !== 'VALID') return true;
  return later.verdict === 'VALID' && voidedMs(later) < voidedMs(earlier);
}

const voidedMs = ({ findings }: SessionAccount): number => totalMs(findings.flatMap(({ voids }) => voids).reduce<IntervalSet>(addInterval, []));

function byLessonAndAttempt(a: SessionAccount, b: SessionAccount): number {
  const [left, right] = [`${a.enrolmentId} ${a.lessonId}`, `${b.enrolmentId} ${b.lessonId}`];
  if (a.lessonPosition !== b.lessonPosition) return a.lessonPosition - b.lessonPosition;
  return left === right ? a.attempt - b.attempt : left < right ? -1 : 1;
}
