/** From findings to a session's verdict: NOT_RECOGNISED > INVALID > PENDING_REVIEW > INCOMPLETE > VALID. */
import { endsSession, judged, voidsSession } from './effects.js';
import type { Finding } from './finding.js';
import type { Policy } from './policy.js';
import { decisionOf, standingMs, standingParts, stands } from './scope.js';
import type { OpenedSession, SessionState } from './state.js';
import type { SessionVerdict } from './types.js';

/** The verdict as it stands: a session that is not closed is incomplete. */
export const verdictOf = (state: SessionState): SessionVerdict => (state.status === 'closed' ? state.verdict : 'INCOMPLETE');

/**
 * The verdict a session ends with. Where a failed check voids a stretch only, the session stands while something of its
 * credit does: a class hour, or, under SEGMENT, any credited time. The class-hour ledger counts no more than that.
 */
export function endVerdict(state: OpenedSession, findings: readonly Finding[], isFinished: boolean, policy: Policy): SessionVerdict {
  const has = (effect: Finding['effect']): boolean => findings.some((found) => found.effect === effect);
  if (has('NOT_RECOGNISED')) return 'NOT_RECOGNISED';
  if (findings.some(voidsSession)) return 'INVALID';
  if (has('INVALIDATE_CLASS_HOUR') && !isLeft(state, findings, policy)) return 'INVALID';
  if (has('REVIEW')) return 'PENDING_REVIEW';
  return isFinished ? 'VALID' : 'INCOMPLETE';
}

const isLeft = (state: OpenedSession, findings: readonly Finding[], { invalidation }: Policy): boolean =>
  invalidation.scope === 'SEGMENT' ? standingMs(findings, state) > 0 : standingParts(findings, state).length > 0;

/** The same journal under the policy's own scope, the strict one, and class hour by class hour (P8). */
export interface Readings {
  readonly policy: SessionVerdict;
  /** Any finding that withholds credit, calls for review or invalidates voids the enrolment. */
  readonly strict: SessionVerdict;
  readonly classHour: SessionVerdict;
}

export function readings(state: OpenedSession): Readings {
  const policy = verdictOf(state);
  const isClean = state.findings.every((found) => found.effect === 'RECORD_ONLY' || !stands(found, state));
  return { policy, strict: isClean ? policy : 'INVALID', classHour: classHourReading(state) };
}

function classHourReading(state: OpenedSession): SessionVerdict {
  if (state.status === 'live') return 'INCOMPLETE';
  const { policy } = state.opened;
  const byHour: Policy = { ...policy, invalidation: { ...policy.invalidation, scope: 'CLASS_HOUR' } };
  const findings = state.findings.filter((found) => stands(found, state)).map((found) => judged(found, byHour, found.creditedMs));
  const verdict = endVerdict(state, findings, state.isFinished, byHour);
  return verdict === 'PENDING_REVIEW' && decisionOf(state) !== null ? state.verdict : verdict;
}

/** The finding that a closed session's verdict rests on; null when it did not fail, and while it can go on. */
export function failureOf(state: SessionState): Finding | null {
  if (state.status !== 'closed' || (state.verdict !== 'INVALID' && state.verdict !== 'NOT_RECOGNISED')) return null;
  const { verdict } = state;
  const findings = state.findings.filter((found) => stands(found, state));
  const decisive = [
    findings.find(({ effect }) => verdict === 'NOT_RECOGNISED' && effect === 'NOT_RECOGNISED'),
    findings.find(endsSession),
    findings.find(voidsSession),
    findings.find(({ effect }) => effect === 'INVALIDATE_CLASS_HOUR'),
    // A doubt that people upheld.
    findings.find(({ effect }) => effect === 'REVIEW'),
  ];
  return decisive.find((found) => found !== undefined) ?? null;
}
