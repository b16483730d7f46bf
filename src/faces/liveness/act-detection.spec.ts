import { describe, expect, it } from '@jest/globals';
import { type Reading, seeAct } from './act-detection.js';

/** A window of ten frames a second in which the head stands at these angles to the own left. */
const turning = (degrees: readonly number[]): readonly Reading[] =>
  degrees.map((yaw, index) => ({ index, atMs: index * 100, yaw, pitch: 0, size: 1, mouth: 0, mouthRise: 0, eyes: 1, flatness: 0, isCut: false }));

const SLOW_START = [0, 0, 1, 2, 3, 5, 7, 9];

describe('a slow turn at the end of its window', () => {
  it('is not done in it while it still grows', () => {
    expect(seeAct(turning([...SLOW_START, 12, 15.5, 17, 18.2]), 'TURN_LEFT')).toMatchObject({ seen: false, failure: 'TOO_SHORT' });
  });

  it('is done once it has come to its end, however near that of the window is', () => {
    expect(seeAct(turning([...SLOW_START, 12, 15.5, 17, 17.2, 17.1]), 'TURN_LEFT')).toMatchObject({ seen: true, failure: null });
  });

  it('is done when the head is on its way back', () => {
    expect(seeAct(turning([...SLOW_START, 15, 19, 18, 15]), 'TURN_LEFT')).toMatchObject({ seen: true, failure: null });
  });

  it('may go on when it was done long before: a second turn of the window is another matter', () => {
    expect(seeAct(turning([0, 6, 15, 18, 16, 3, 0, 3, 8, 15, 20]), 'TURN_LEFT')).toMatchObject({ seen: true, failure: null });
  });
});
