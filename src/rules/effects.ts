/** Findings are facts; what follows from them is the policy's word. One fact under two policies is still one fact. */
import type { Effect, Fact, Finding } from './finding.js';
import { FINDING_KINDS } from './finding.js';
import type { FindingCode } from './finding.js';
import type { Policy } from './policy.js';
import { goesOnAfterFailure } from './policy.js';

/** Found of the whole lesson: no part of it could be left standing. */
const OF_THE_WHOLE: readonly FindingCode[] = ['R5_OUT_OF_ORDER'];

/** Tries exhausted: under `STOP_TIMING` the clock stands until a pass, and nothing is void. */
const TRIES_EXHAUSTED: readonly FindingCode[] = ['R4_LIVENESS_FAILED', 'R4_MISMATCH'];

/** Once it is recorded: somebody walks by, a camera hangs. Again it is for a person to look at. */
const FOR_REVIEW_WHEN_REPEATED: readonly FindingCode[] = ['R6_MULTIPLE_FACES', 'R6_REPLAY', 'R4_REPLAY', 'R4_PASSIVE_DOUBT'];

/** The effect that a policy gives a fact. */
export function effectOf({ code, detail }: Pick<Fact, 'code' | 'detail'>, policy: Policy): Effect {
  const effect = usualEffect(code, detail);
  if (effect === 'REFER_PLATFORM') return isDemanded(detail['parameter'], policy) ? 'RECORD_ONLY' : effect;
  if (code === 'R3_MISSED') return policy.popup.onTimeout === 'RECORD' ? 'RECORD_ONLY' : effect;
  if (effect !== 'INVALIDATE_SESSION') return effect;
  if (policy.face.onFail === 'STOP_TIMING' && TRIES_EXHAUSTED.includes(code)) return 'WITHHOLD_INTERVAL';
  return goesOnAfterFailure(policy) && !OF_THE_WHOLE.includes(code) ? 'INVALIDATE_CLASS_HOUR' : effect;
}

/** The effect of a code, where what was measured does not make it a lighter or a graver one. */
function usualEffect(code: FindingCode, { isRepeated, isAfterEnd, isEnough, hasReceipt }: Fact['detail']): Effect {
  const { effect } = FINDING_KINDS[code];
  if (FOR_REVIEW_WHEN_REPEATED.includes(code)) return isRepeated === true ? 'REVIEW' : effect;
  // PIPL 15: what was earned under the consent stands.
  if (code === 'CONSENT_WITHDRAWN') return isAfterEnd === true ? 'RECORD_ONLY' : effect;
  // As long as the class hour has another picture nothing fails; a receipt alone is for a person to weigh.
  if (code === 'R6_EVIDENCE_MISSING') return isEnough === true ? 'RECORD_ONLY' : hasReceipt === true ? effect : 'INVALIDATE_SESSION';
  return effect;
}

/** A switch that the profile's own law sets otherwise than the notice is recorded and not held against anyone. */
const isDemanded = (parameter: unknown, { departures }: Policy): boolean =>
  departures.some((departure) => departure.parameter === parameter);

/** A fact with the effect it has under the policy, and where on the session's credited timeline it was found. */
export const judged = (fact: Fact, policy: Policy, creditedMs: number): Finding => ({ ...fact, effect: effectOf(fact, policy), creditedMs });

/** A rule failed, whatever the policy makes of it. */
export const isFailure = ({ code }: Pick<Fact, 'code'>): boolean => FINDING_KINDS[code].effect === 'INVALIDATE_SESSION';

/** Ends the session at once. */
export const endsSession = ({ effect }: Finding): boolean => effect === 'INVALIDATE_SESSION' || effect === 'INVALIDATE_ENROLMENT';

/** Leaves the session nothing, whatever else it holds. A control that was off does so without ending it. */
export const voidsSession = (found: Finding): boolean => endsSession(found) || found.effect === 'REFER_PLATFORM';

/** Takes credit from the session, all of it or a stretch. */
export const voidsCredit = (found: Finding): boolean =>
  voidsSession(found) || found.effect === 'INVALIDATE_CLASS_HOUR' || found.effect === 'NOT_RECOGNISED';
