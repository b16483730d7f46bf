import { accountOf } from '../rules/account.js';
import { totalMs } from '../rules/interval-set.js';
import type { OpenedSession } from '../rules/state.js';
import { failureOf, verdictOf } from '../rules/verdict.js';
import type { StudySessionEntity } from './session.entity.js';

/** What the list row of a session takes over from its journal. */
export type SessionRowFacts = Pick<StudySessionEntity, 'verdict' | 'failedRule' | 'reasonCode' | 'creditedMs' | 'account' | 'popupClockMs' | 'closedAt'>;

export function rowFactsOf(state: OpenedSession): SessionRowFacts {
  const failed = failureOf(state);
  return {
    verdict: verdictOf(state),
    failedRule: failed?.rule ?? null,
    reasonCode: failed?.code ?? null,
    creditedMs: Math.round(totalMs(state.ledger.coverage)),
    account: accountOf(state),
    popupClockMs: Math.round(state.slices.R3.clockMs),
    closedAt: state.status === 'closed' ? new Date(state.closedAt) : null,
  };
}
