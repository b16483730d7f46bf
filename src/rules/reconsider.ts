/**
 * After the end: the few facts that may still change what a closed session is worth. Its journal and its findings stay;
 * each change of the verdict is kept beside the ones before it.
 */
import { judged } from './effects.js';
import type { SessionEvent } from './event.js';
import { finding, type Fact } from './finding.js';
import { totalMs } from './interval-set.js';
import type { EvidenceMissing, ReviewDecided } from './outside-event.js';
import type { ClosedSession, VerdictChange } from './state.js';
import type { SessionVerdict } from './types.js';
import { endVerdict } from './verdict.js';

/** Which verdict outweighs which when a new fact comes to an old verdict. */
const WEIGHT: readonly SessionVerdict[] = ['VALID', 'INCOMPLETE', 'PENDING_REVIEW', 'INVALID', 'NOT_RECOGNISED'];

/** Applies an entry that comes after the end. Pure; anything but the facts named here changes nothing. */
export function reconsider(before: ClosedSession, event: SessionEvent): ClosedSession {
  const state: ClosedSession = { ...before, at: Math.max(before.at, event.at), seq: before.seq + 1 };
  switch (event.type) {
    case 'review.decided':
      return takeDecision(state, event);
    case 'evidence.missing':
      return loseEvidence(state, event);
    case 'predecessor.voided':
      return record(state, finding('R5_PREDECESSOR_VOIDED', state.at, state.seq, { lessonId: event.lessonId, sessionId: event.sessionId }));
    case 'consent.withdrawn':
      // What was earned under the consent stands (PIPL 15): the withdrawal is on record and takes nothing.
      return record(state, finding('CONSENT_WITHDRAWN', state.at, state.seq, { purpose: event.purpose, isAfterEnd: true }));
    default:
      return state;
  }
}

/** An impostor takes two reviewers; with one the doubt is upheld for this session and reaches no further. */
function takeDecision(state: ClosedSession, event: ReviewDecided): ClosedSession {
  const { outcome, reasonCode, by, secondBy } = event;
  // A session that a failed check cut off was not studied to its end: without the failure it is merely incomplete.
  if (outcome === 'OVERTURNED') return changeVerdict(state, state.isFinished ? 'VALID' : 'INCOMPLETE', outcome, reasonCode);
  if (outcome === 'IMPOSTOR_CONFIRMED' && secondBy !== null && secondBy !== by) {
    return changeVerdict(record(state, impostor(state, event)), heavier(state.verdict, 'INVALID'), outcome, reasonCode);
  }
  return changeVerdict(state, state.verdict === 'PENDING_REVIEW' ? 'INVALID' : state.verdict, outcome, reasonCode);
}

/** Everything since the last pass that nobody disputes is the impostor's. */
function impostor({ at, seq, slices }: ClosedSession, { by, secondBy, reasonCode, disputedSeq }: ReviewDecided): Fact {
  const lastPass = disputedSeq === null ? undefined : slices.R4.passes.findLast((pass) => pass.seq < disputedSeq);
  return finding('R4_IMPOSTOR_CONFIRMED', at, seq, { by, secondBy, reasonCode, disputedSeq, sinceMs: lastPass?.creditedMs ?? 0 });
}

/** A picture is gone. As long as the class hour has another one nothing fails; the receipt alone is for a person to weigh. */
function loseEvidence(state: ClosedSession, { snapshotId, imageId, hasReceipt }: EvidenceMissing): ClosedSession {
  const { R6 } = state.slices;
  const lost = R6.qualifying.find((picture) => picture.snapshotId === snapshotId);
  if (lost === undefined) return state;
  const qualifying = R6.qualifying.filter((picture) => picture !== lost);
  const left = qualifying.filter(({ part }) => part === lost.part).length;
  const isEnough = left >= state.opened.policy.snapshot.minPerPart;
  const found = finding('R6_EVIDENCE_MISSING', state.at, state.seq, { snapshotId, imageId, part: lost.part, isEnough, hasReceipt });
  const next = record({ ...state, slices: { ...state.slices, R6: { ...R6, qualifying } } }, found);
  if (isEnough) return next;
  return changeVerdict(next, heavier(state.verdict, endVerdict(next, next.findings.slice(-1), next.isFinished, next.opened.policy)), found.code, null);
}

const record = (state: ClosedSession, found: Fact): ClosedSession => ({
  ...state,
  findings: [...state.findings, judged(found, state.opened.policy, totalMs(state.ledger.coverage))],
});

const heavier = (one: SessionVerdict, other: SessionVerdict): SessionVerdict => (WEIGHT.indexOf(one) >= WEIGHT.indexOf(other) ? one : other);

function changeVerdict(state: ClosedSession, verdict: SessionVerdict, why: VerdictChange['why'], reasonCode: string | null): ClosedSession {
  const { at, seq } = state;
  return { ...state, verdict, verdictHistory: [...state.verdictHistory, { at, seq, verdict, why, reasonCode }] };
}
