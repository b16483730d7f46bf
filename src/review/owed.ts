import { givenUpAt } from '../rules/face-alternative.js';
import type { FindingCode } from '../rules/finding.js';
import type { AlternativeKind } from '../rules/outside-event.js';
import { stands } from '../rules/scope.js';
import type { OpenedSession } from '../rules/state.js';
import type { ReviewKind } from './review-case.entity.js';

/** What people owe a session now. Instants are server ms. */
export interface OwedReview {
  readonly kind: Extract<ReviewKind, 'ALTERNATIVE' | 'SESSION'>;
  /** Since when: of one session, each obligation has its own instant. */
  readonly sinceAt: number;
  readonly dueAt: number;
  readonly reasons: readonly string[];
  readonly ways: readonly AlternativeKind[];
}

/** Where the policy names no time: three days, as neighbouring regimes give for a make-up lesson. */
const DECIDE_WITHIN_MS = 72 * 3_600_000;

/** What a person has to decide of a session, or null. Pure, so that it can be found again after a crash. */
export function owedToPeople(state: OpenedSession): OwedReview | null {
  const { policy } = state.opened;
  if (state.status === 'live') {
    if (!state.holds.includes('ALTERNATIVE')) return null;
    const { R4 } = state.slices;
    const reasons = [...(R4.lockedAt === null ? [] : ['R4_TRIES_EXHAUSTED']), ...(R4.asked === null ? [] : [R4.asked])];
    const sinceAt = Math.min(...[R4.lockedAt, ...lastOf(state, R4.asked, 'R4_ALTERNATIVE_REQUESTED'), ...lastOf(state, R4.alternative, 'R4_ALTERNATIVE_USED')].filter((at) => at !== null));
    return { kind: 'ALTERNATIVE', sinceAt, dueAt: givenUpAt(R4, policy) ?? sinceAt + policy.network.idleCloseMs, reasons, ways: policy.face.alternative };
  }
  if (state.verdict !== 'PENDING_REVIEW') return null;
  const sinceAt = state.verdictHistory.at(-1)?.at ?? state.closedAt;
  const { answerHours } = policy.support;
  const dueAt = sinceAt + (answerHours === null ? DECIDE_WITHIN_MS : answerHours * 3_600_000);
  const reasons = state.findings.filter((found) => found.effect === 'REVIEW' && stands(found, state)).map(({ code }) => code);
  return { kind: 'SESSION', sinceAt, dueAt, reasons: [...new Set(reasons)], ways: [] };
}

/** When that which is still so began. */
const lastOf = (state: OpenedSession, isSo: unknown, code: FindingCode): readonly number[] =>
  isSo === null ? [] : state.findings.filter((found) => found.code === code).slice(-1).map(({ at }) => at);
