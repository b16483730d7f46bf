import { describe, expect, it } from '@jest/globals';
import type { ReplayMeasurement } from './replay.js';
import { replayDoubt, replayFact } from './replay.js';
import { NANYANG } from './testing/nanyang-policy.js';

const { nearBits, nearDifference, stillDistance } = NANYANG.replay;
const doubt = (changes: Partial<ReplayMeasurement>) => replayDoubt({ exact: null, near: null, still: null, periodMs: null, ...changes }, NANYANG);
const near = (bits: number, difference: number) => doubt({ near: { scope: 'PERSON', bits, difference } });

describe('a capture that is like an earlier one', () => {
  it('is doubtful when gradients and grey copy are both as near as the policy says', () => {
    expect(near(nearBits, nearDifference)).toBe('NEAR_DUPLICATE');
    expect(near(nearBits + 1, nearDifference)).toBeNull();
    expect(near(nearBits, nearDifference + 0.01)).toBeNull();
  });

  it('is doubtful when the face has not moved at all since the snapshot before', () => {
    expect(doubt({ still: stillDistance })).toBe('STILL');
    expect(doubt({ still: stillDistance + 0.001 })).toBeNull();
  });

  it('is doubtful when a burst comes round to a frame again', () => {
    expect(doubt({ periodMs: 1_000 })).toBe('LOOP');
  });

  it('is not doubtful for nothing, nor where nothing was measured', () => {
    expect(doubt({})).toBeNull();
    expect(replayDoubt(undefined, NANYANG)).toBeNull();
  });
});

describe('an exact repeat', () => {
  it.each([
    ['SESSION', 'UNKNOWN'],
    ['PERSON', 'TRAINEE_CONDUCT'],
    ['PLATFORM', 'TRAINEE_CONDUCT'],
  ] as const)('of the %s lies in the sphere %s', (scope, attribution) => {
    expect(replayFact('R4_REPLAY', scope, { at: 7, seq: 3 }, { checkId: 'c' })).toMatchObject({ rule: 'R4', code: 'R4_REPLAY', attribution, at: 7, seq: 3, detail: { checkId: 'c', scope } });
  });
});
