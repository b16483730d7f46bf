/** R4: a burst of which frames were seen before, in another check or in itself. */
import type { LivenessJudged } from './event.js';
import { demandOf } from './face-check.js';
import { oweFaceCheck } from './face-occasion.js';
import { finding } from './finding.js';
import type { LivenessMatchSlice } from './liveness-match.js';
import { doubtDetail, replayDoubt, replayFact } from './replay.js';
import type { Applied, RuleContext } from './rule.js';

/** States what was found. An exact repeat fails the try (`judgeLiveness`); in a second check it is for a person to look at. */
export function weighReplay(slice: LivenessMatchSlice, { checkId, measurement: { replay } }: LivenessJudged, context: RuleContext): Applied<LivenessMatchSlice> {
  if (replay === undefined) return { slice };
  if (replay.exact !== null) {
    const fact = replayFact('R4_REPLAY', replay.exact, context, { checkId, isRepeated: slice.replays > 0 });
    return { slice: { ...slice, replays: slice.replays + 1 }, findings: [fact] };
  }
  const sign = replayDoubt(replay, context.policy);
  return sign === null ? { slice } : { slice, findings: [finding('R4_REPLAY_SUSPECTED', context.at, context.seq, { checkId, ...doubtDetail(sign, replay) })] };
}

/** A pass that leaves a doubt is taken once more, with one act more; the check that settles a doubt settles this one too. */
export function oweAfterDoubt(slice: LivenessMatchSlice, reason: string, { measurement: { replay } }: LivenessJudged, { policy, opened }: RuleContext): LivenessMatchSlice {
  if (slice.need !== null || reason === 'DOUBT' || replayDoubt(replay, policy) === null) return slice;
  return oweFaceCheck({ ...slice, demand: demandOf(policy, opened.isAccessible, true) }, 'DOUBT', policy);
}
