/** R4 when tries fail: delays, tries used up, and the alternative route by authorised staff (办法 art. 10). */
import type { AlternativeReason, AlternativeRequested } from './event.js';
import type { Fact } from './finding.js';
import { finding } from './finding.js';
import { totalMs } from './interval-set.js';
import type { LivenessMatchSlice } from './liveness-match.js';
import type { LivenessFailure } from './liveness-outcome.js';
import type { AlternativeDecided, AlternativeOpened } from './outside-event.js';
import type { Policy } from './policy.js';
import type { Applied, RuleContext } from './rule.js';

interface FailedTry {
  readonly checkId: string;
  readonly failure: LivenessFailure;
  /** Best distance to the reference face; null where there was none. */
  readonly distance: number | null;
}

/** Counts a try that did not pass, and says what is left. */
export function failTry(slice: LivenessMatchSlice, { checkId, failure, distance }: FailedTry, context: RuleContext): Applied<LivenessMatchSlice> {
  const { policy, at, seq } = context;
  const failedTries = slice.failedTries + 1;
  const mismatches = slice.mismatches + (failure === 'MISMATCH' ? 1 : 0);
  const failed = { ...slice, open: null, failedTries, mismatches, lastFailure: failure };
  const detail: Fact['detail'] = { checkId, failure, try: failedTries, tries: policy.face.lockoutAfter, distance };
  const tried = finding('R4_TRY_FAILED', at, seq, detail);
  if (mismatches >= policy.face.mismatchesToFail) return { slice: failed, findings: [tried, finding('R4_MISMATCH', at, seq, detail)] };
  return afterFailure(failed, tried, context);
}

/** The first `attempts` tries follow at once, the others after a delay each; after `lockoutAfter` the policy says what is left. */
function afterFailure(slice: LivenessMatchSlice, tried: Fact, { policy, at, seq }: RuleContext): Applied<LivenessMatchSlice> {
  const { attempts, lockoutAfter, delayMs, onFail, alternative } = policy.face;
  const waiting = { ...slice, waitsUntil: slice.failedTries >= attempts ? at + delayMs : null };
  if (slice.failedTries < lockoutAfter || onFail === 'STOP_TIMING') return { slice: waiting, findings: [tried] };
  if (onFail === 'INVALIDATE' || alternative.length === 0) return { slice: waiting, findings: [tried, finding('R4_LIVENESS_FAILED', at, seq, tried.detail)] };
  return { slice: { ...slice, lockedAt: at }, findings: [tried, finding('R4_TRIES_EXHAUSTED', at, seq, { tries: slice.failedTries })] };
}

/** Passed, by the machine or by staff: what failed before is forgotten. */
export function pass(slice: LivenessMatchSlice, { ledger, seq }: RuleContext, isControl: boolean): Applied<LivenessMatchSlice> {
  return {
    slice: {
      ...slice, need: null, open: null, isUnanswered: false, failedTries: 0, mismatches: 0, interruptions: 0, lastFailure: null, defiedMs: 0,
      waitsUntil: null, lockedAt: null, hasGivenUp: false, alternative: null,
      passed: slice.passed + 1, passes: [...slice.passes, { seq, creditedMs: totalMs(ledger.coverage) }],
    },
    signals: [{ type: 'presence.confirmed', isControl }],
  };
}

/** The trainee asks for people, and from then on people see who studies; the session cannot end without a review. */
export function requestAlternative(slice: LivenessMatchSlice, { reason }: AlternativeRequested, { policy, at, seq }: RuleContext): Applied<LivenessMatchSlice> {
  if (!mayAskForPeople(slice, reason, policy)) return { slice };
  const need = slice.need ?? { reason: 'DOUBT', part: null };
  return { slice: { ...askAfresh(slice), need, asked: reason, waitsUntil: null }, findings: [finding('R4_ALTERNATIVE_REQUESTED', at, seq, { reason })] };
}

/** Acts cannot be done only when they are asked for; a camera may be missing, and a consent be withdrawn, at any time. */
export const mayAskForPeople = ({ need, asked, alternative }: LivenessMatchSlice, reason: AlternativeReason, { face }: Policy): boolean =>
  asked === null && alternative === null && face.required && face.alternative.length > 0 && (need !== null || reason !== 'CANNOT_DO_ACTS');

/** Staff may take over whenever a face check is owed: tries used up, a mask that stays on for health, no usable camera. */
export function openAlternative(slice: LivenessMatchSlice, { kind, by }: AlternativeOpened, { policy, at, seq }: RuleContext): Applied<LivenessMatchSlice> {
  if (slice.need === null || slice.alternative !== null || !policy.face.alternative.includes(kind)) return { slice };
  return { slice: { ...askAfresh(slice), alternative: kind, waitsUntil: null }, findings: [finding('R4_ALTERNATIVE_USED', at, seq, { kind, by })] };
}

export function takeDecision(slice: LivenessMatchSlice, event: AlternativeDecided, context: RuleContext): Applied<LivenessMatchSlice> {
  if (event.outcome === 'CONFIRMED') return pass(slice, context, true);
  const { kind, by, questionRef } = event;
  return { slice: { ...slice, alternative: null }, findings: [finding('R4_LIVENESS_FAILED', context.at, context.seq, { kind, by, questionRef })] };
}

export const giveUp = (slice: LivenessMatchSlice, { at, seq }: RuleContext): Applied<LivenessMatchSlice> => ({
  slice: { ...slice, hasGivenUp: true },
  findings: [finding('R4_LIVENESS_FAILED', at, seq, { tries: slice.failedTries, alternative: null })],
});

/** Ends the delay before the next try; and the wait for staff who did not come. */
export function endWait(slice: LivenessMatchSlice, context: RuleContext): Applied<LivenessMatchSlice> {
  if (slice.waitsUntil !== null && context.at >= slice.waitsUntil) return { slice: { ...slice, waitsUntil: null } };
  const overAt = givenUpAt(slice, context.policy);
  return overAt !== null && context.at >= overAt ? giveUp(slice, context) : { slice };
}

/** Server time at which a trainee whose tries are used up has waited long enough for staff, or null. */
export const givenUpAt = (slice: LivenessMatchSlice, { network }: Policy): number | null =>
  isAbandonable(slice) ? slice.lockedAt + network.idleCloseMs : null;

type Locked = LivenessMatchSlice & { readonly lockedAt: number };

/** Tries used up, and the alternative route neither opened nor asked for: asking for the end now is giving up. */
export const isAbandonable = (slice: LivenessMatchSlice): slice is Locked =>
  slice.lockedAt !== null && slice.alternative === null && slice.asked === null && !slice.hasGivenUp;

/** Who is studying is for people to see now. */
export const isWithPeople = ({ lockedAt, alternative, asked }: LivenessMatchSlice): boolean => lockedAt !== null || alternative !== null || asked !== null;

/** People have been asked, or have begun, and nobody has decided yet: an end now waits for their review. */
export const isUndecided = ({ need, alternative, asked }: LivenessMatchSlice): boolean => need !== null && (alternative !== null || asked !== null);

/** No camera sees this trainee, and people stand in for it. */
export const isUnseen = ({ asked }: LivenessMatchSlice): boolean => asked === 'NO_CAMERA' || asked === 'REFUSES_FACE';

/** A request that may never have reached the client is made again; a burst that is being judged is waited for. */
export const askAfresh = (slice: LivenessMatchSlice): LivenessMatchSlice =>
  slice.open !== null && !slice.open.isReceived ? { ...slice, open: null } : slice;
