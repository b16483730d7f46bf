/**
 * A capture that was seen before. No lens gives the same picture twice, so an exact repeat is no capture; one that is
 * merely very like an earlier one raises a doubt, which a face check settles.
 */
import type { Fact } from './finding.js';
import { finding } from './finding.js';
import type { Policy } from './policy.js';
import type { RuleContext } from './rule.js';

/** The nearest history in which something was found: this session, this trainee, this platform. */
export type ReplayScope = 'SESSION' | 'PERSON' | 'PLATFORM';

/** What a capture has in common with earlier ones. */
export interface ReplayMeasurement {
  /** Where the same bytes or the same pixels were seen before, in answer to another request. */
  readonly exact: ReplayScope | null;
  /** Of the trainee's kept pictures, at least two seconds older, the one most like it; null when none comes near. */
  readonly near: {
    readonly scope: Exclude<ReplayScope, 'PLATFORM'>;
    /** Bits of 256 in which the gradients differ. */
    readonly bits: number;
    /** Mean absolute difference of the small grey copies, grey levels. */
    readonly difference: number;
  } | null;
  /** Descriptor distance to the face in the session's snapshot before this one: close to 0 is a still. Snapshots only. */
  readonly still: number | null;
  /** Shortest time after which a burst shows a frame again that has gone in between, ms: the period of a loop. Bursts only. */
  readonly periodMs: number | null;
}

/** What makes a capture doubtful without proving anything. */
export type ReplayDoubt = 'NEAR_DUPLICATE' | 'STILL' | 'LOOP';

export function replayDoubt(measurement: ReplayMeasurement | undefined, { replay }: Policy): ReplayDoubt | null {
  if (measurement === undefined) return null;
  const { near, still, periodMs } = measurement;
  if (periodMs !== null) return 'LOOP';
  if (near !== null && near.bits <= replay.nearBits && near.difference <= replay.nearDifference) return 'NEAR_DUPLICATE';
  return still !== null && still <= replay.stillDistance ? 'STILL' : null;
}

/** An exact repeat, as a fact. Within one session a hanging camera gives one too: then nothing is said of anyone's conduct. */
export function replayFact(code: 'R4_REPLAY' | 'R6_REPLAY', scope: ReplayScope, { at, seq }: Pick<RuleContext, 'at' | 'seq'>, detail: Fact['detail']): Fact {
  const fact = finding(code, at, seq, { ...detail, scope });
  return scope === 'SESSION' ? { ...fact, attribution: 'UNKNOWN' } : fact;
}

/** What a doubt rests on, measured. */
export const doubtDetail = (sign: ReplayDoubt, { near, still, periodMs }: ReplayMeasurement): Fact['detail'] =>
  ({ sign, scope: near?.scope ?? null, bits: near?.bits ?? null, difference: near?.difference ?? null, still, periodMs });
