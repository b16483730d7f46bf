/** What a class hour is worth, in each reading of the notice. */
import type { AccountFinding, SessionAccount } from '../account.js';
import type { Effect } from '../finding.js';
import { goesOnAfterFailure, type Policy } from '../policy.js';
import type { SessionVerdict } from '../types.js';
import { type CreditOverlap, type CreditPiece, ROUNDING_MS } from './credit.js';

export interface HourReadings {
  /** Under the policy's `invalidation.scope`. */
  readonly policy: SessionVerdict;
  /** Void when any session that contributes is. */
  readonly session: SessionVerdict;
  /** Void only where a finding overlaps it. */
  readonly classHour: SessionVerdict;
  /** Void when a session that contributes has any finding beyond a record. */
  readonly strict: SessionVerdict;
}

/** Highest first (spec: precedence). */
const PRECEDENCE: readonly SessionVerdict[] = ['NOT_RECOGNISED', 'INVALID', 'PENDING_REVIEW', 'INCOMPLETE'];

const VOIDING: ReadonlySet<Effect> = new Set<Effect>(['INVALIDATE_CLASS_HOUR', 'INVALIDATE_SESSION', 'INVALIDATE_ENROLMENT', 'REFER_PLATFORM', 'NOT_RECOGNISED']);

/** It takes credit, or would if there were any. */
export const isVoiding = ({ effect, voids }: AccountFinding): boolean => VOIDING.has(effect) || voids.length > 0;

/** Strictly read, any finding voids that is more than a record of something prevented, unless people cleared the session of it. */
export const isStrictlyVoid = (account: SessionAccount): boolean => !isCleared(account) && account.findings.some(({ effect }) => effect !== 'RECORD_ONLY');

/** Valid in spite of a finding with which no session ends valid: people looked and overturned it, and it voids nothing. */
const isCleared = ({ verdict, findings }: SessionAccount): boolean =>
  verdict === 'VALID' && findings.some(({ effect, voids }) => (VOIDING.has(effect) || effect === 'REVIEW') && voids.length === 0);

export const worst = (verdicts: readonly SessionVerdict[]): SessionVerdict => PRECEDENCE.find((verdict) => verdicts.includes(verdict)) ?? 'VALID';

/**
 * The readings of one class hour.
 * @param pieces what it is made of
 * @param doubtful credit that two sessions earned at once for longer than the tolerance of rule 2: a person has to look
 */
export function hourReadings(
  pieces: readonly CreditPiece[],
  accountOf: (sessionId: string) => SessionAccount,
  doubtful: readonly CreditOverlap[],
  policy: Policy,
): HourReadings {
  const review: readonly SessionVerdict[] = pieces.some((piece) => doubtful.some((overlap) => touches(piece, overlap))) ? ['PENDING_REVIEW'] : [];
  const accounts = pieces.map(({ sessionId }) => accountOf(sessionId));
  const session = worst([...accounts.map(({ verdict }) => verdict), ...review]);
  const classHour = worst([...pieces.map((piece) => pieceVerdict(piece, accountOf(piece.sessionId))), ...review]);
  const strict = accounts.some(isStrictlyVoid) ? worst([session, 'INVALID']) : session;
  return { policy: goesOnAfterFailure(policy) ? classHour : session, session, classHour, strict };
}

/** Both the credit kept and what is left beside the cut are in doubt. */
const touches = ({ sessionId, fromAt, toAt }: CreditPiece, overlap: CreditOverlap): boolean =>
  (sessionId === overlap.keptBy || sessionId === overlap.cutFrom) && fromAt <= overlap.toAt && toAt >= overlap.fromAt;

function pieceVerdict(piece: CreditPiece, { verdict, findings }: SessionAccount): SessionVerdict {
  if (verdict === 'NOT_RECOGNISED') return verdict;
  const isUnexplained = verdict === 'INVALID' && findings.every(({ voids }) => voids.length === 0);
  if (isUnexplained || findings.some((found) => overlaps(found, piece))) return 'INVALID';
  // What failed elsewhere in the session leaves this piece standing.
  return verdict === 'INVALID' ? 'VALID' : verdict;
}

const overlaps = ({ voids }: AccountFinding, { fromMs, toMs }: CreditPiece): boolean => voids.some(([from, to]) => from < toMs - ROUNDING_MS && to > fromMs + ROUNDING_MS);
