/** R4: one face check on its way. Its acts are told one at a time; once one is told, being late or away is the trainee's risk. */
import type { LivenessDemand, LivenessPrompted, LivenessReceived, LivenessRequested } from './event.js';
import { askAfresh, failTry } from './face-alternative.js';
import { finding } from './finding.js';
import type { FaceCheckNeed, LivenessMatchSlice } from './liveness-match.js';
import type { Policy } from './policy.js';
import type { Applied, RuleContext } from './rule.js';

export interface OpenFaceCheck extends FaceCheckNeed {
  readonly checkId: string;
  readonly attempt: number;
  readonly demand: LivenessDemand;
  /** Acts told so far. */
  readonly step: number;
  /** Server time until which the frames of this step may come. */
  readonly deadlineAt: number;
  /** All frames have arrived and are being judged: the trainee waits for us. */
  readonly isReceived: boolean;
}

/** What a trainee has to show; one act more after a burst that looked doubtful. */
export function demandOf({ face }: Policy, isAccessible: boolean, isDoubted: boolean): LivenessDemand {
  const more = isDoubted ? 1 : 0;
  return isAccessible ? { variant: 'ACCESSIBLE', acts: face.accessibleActs + more } : { variant: 'STANDARD', acts: face.acts + more };
}

/** How long one act is prompted, ms. */
export const actWindowMs = ({ variant }: LivenessDemand, { face }: Policy): number =>
  variant === 'ACCESSIBLE' ? face.accessibleActWindowMs : face.actWindowMs;

export function opened(event: LivenessRequested, slice: LivenessMatchSlice, policy: Policy): OpenFaceCheck {
  const { checkId, reason, part, attempt, demand = slice.demand } = event;
  return { checkId, reason, part, attempt, demand, step: 0, deadlineAt: event.at + policy.face.responseTimeoutMs, isReceived: false };
}

export function prompt(slice: LivenessMatchSlice, { checkId, step, at }: LivenessPrompted, policy: Policy): LivenessMatchSlice {
  const { open } = slice;
  if (open?.checkId !== checkId) return slice;
  return { ...slice, lastTriedAt: at, open: { ...open, step, deadlineAt: at + actWindowMs(open.demand, policy) + policy.face.transferMs } };
}

export function receive(slice: LivenessMatchSlice, event: LivenessReceived): LivenessMatchSlice {
  const { open } = slice;
  return open?.checkId === event.checkId && event.at <= open.deadlineAt ? { ...slice, lastTriedAt: event.at, open: { ...open, isReceived: true } } : slice;
}

/** Left alone is not failed: the check is asked again until someone is there. An act that was told and not shown in time is a try. */
export function closeIfLate(slice: LivenessMatchSlice, context: RuleContext): Applied<LivenessMatchSlice> {
  const { at, seq, isReachable } = context;
  const { open, isUnanswered } = slice;
  if (open === null || open.isReceived || at < open.deadlineAt) return { slice };
  if (!isReachable) return cutOff(slice, context);
  if (open.step > 0) return failTry(slice, { checkId: open.checkId, failure: 'ACT_TOO_LATE', distance: null }, context);
  const next = { ...slice, open: null };
  return isUnanswered ? { slice: next } : { slice: { ...next, isUnanswered: true }, findings: [finding('R4_CHECK_UNANSWERED', at, seq, { checkId: open.checkId })] };
}

/**
 * The line broke, or the page was loaded again: the check is made afresh, with other acts. Who does so again and again once
 * an act is known may be choosing among acts: beyond what the policy lets go by it costs a try.
 */
export function cutOff(slice: LivenessMatchSlice, context: RuleContext): Applied<LivenessMatchSlice> {
  const { open } = slice;
  if (open === null || open.isReceived || open.step === 0) return { slice: askAfresh(slice) };
  const interruptions = slice.interruptions + 1;
  const cut = { ...slice, interruptions };
  if (interruptions <= context.policy.face.freeInterruptions) return { slice: askAfresh(cut) };
  return failTry(cut, { checkId: open.checkId, failure: 'INTERRUPTED', distance: null }, context);
}
