import { describe, expect, it } from '@jest/globals';
import type { PageClock } from './page-clock.js';
import { joinClock, readClock, refund, startClock } from './page-clock.js';
import { aPolicy, MORNING, seconds } from './testing/opening.js';

const policy = aPolicy();
const clock = startClock(MORNING, 500, policy);
const TIMELY = MORNING - 500;

/** Reads a clock by beats captured `at` seconds after the join, each `late` ms under way. */
function read(beats: readonly (readonly [at: number, late: number])[], from: PageClock = clock) {
  let reading = { clock: from, captureAt: NaN, shiftMs: 0 };
  for (const [at, late] of beats) reading = readClock(reading.clock, MORNING + seconds(at) + late, 500 + seconds(at), policy);
  return { ...reading, capturedAfterMs: reading.captureAt - MORNING };
}

describe('the clock of a page that joins again', () => {
  it.each([3_000, -3_000])('goes on as it was where it is %s ms off: a slow message, not another clock', (ms) => {
    expect(joinClock(clock, MORNING + seconds(60) + ms, 500 + seconds(60), { isSame: true, silentMs: seconds(20) }, policy)).toEqual(clock);
  });

  it.each([3_001, -3_001])('is taken anew where it is %s ms off, with no more error allowed than was left', (ms) => {
    const known = { ...clock, errorLeftMs: 700, lateSince: { at: MORNING, sampleMs: TIMELY } };
    expect(joinClock(known, MORNING + seconds(60) + ms, 500 + seconds(60), { isSame: true, silentMs: seconds(20) }, policy))
      .toEqual({ joinedAt: MORNING, offsetMs: TIMELY + ms, errorLeftMs: 700, lateSince: null });
  });

  it.each([[300, 1_000], [5_000, 2_000]])('another page, after a silence of %s ms, may be wrong by %s ms', (silentMs, errorLeftMs) => {
    expect(joinClock({ ...clock, errorLeftMs: 700 }, MORNING + seconds(60), 40, { isSame: false, silentMs }, policy))
      .toEqual({ joinedAt: MORNING + seconds(60), offsetMs: MORNING + seconds(60) - 40, errorLeftMs, lateSince: null });
  });
});

describe('beats that come late', () => {
  it('by two seconds, all of them: the network, however long it lasts', () => {
    const { capturedAfterMs, clock: { lateSince, errorLeftMs } } = read([[10, 2_000], [20, 2_000], [30, 2_000], [40, 2_000]]);
    expect({ capturedAfterMs, lateSince, errorLeftMs }).toEqual({ capturedAfterMs: seconds(40), lateSince: null, errorLeftMs: 2_000 });
  });

  it('by more, and by about the same for two heartbeats: the clock has stood, and what that costs can be given back', () => {
    const before = read([[10, 2_500], [20, 4_500]]);
    expect(before.capturedAfterMs).toBe(seconds(20));
    const after = read([[30, 2_500]], before.clock);
    expect({ captured: after.capturedAfterMs, shiftMs: after.shiftMs }).toEqual({ captured: seconds(30) + 2_500, shiftMs: 2_500 });
    expect(after.clock).toEqual({ joinedAt: MORNING, offsetMs: TIMELY + 2_500, errorLeftMs: 4_000, lateSince: null });
  });

  it('each by a different time: the network again', () => {
    expect(read([[10, 2_500], [20, 4_501], [30, 2_500], [40, 4_501]]).capturedAfterMs).toBe(seconds(40));
  });

  it('no more is given back than the clock had lost', () => {
    expect(read([[10, 2_100], [20, 2_100], [30, 2_100]], { ...clock, errorLeftMs: 300 }).clock.errorLeftMs).toBe(2_400);
  });
});

describe('what a fast clock has used up', () => {
  it.each([
    ['is made up for by time without play', 700, 500, 1_200],
    ['and by no more than the error allowed', 700, 5_000, 2_000],
    ['not by play in real time', 700, 0, 700],
    ['nor is more of it lost by play that was too fast', 700, -500, 700],
    ['nor what a clock that stood was granted beyond', 3_500, 100, 3_500],
  ])('%s', (_name, errorLeftMs, unplayedMs, leftMs) => {
    expect(refund({ ...clock, errorLeftMs }, unplayedMs, policy)).toEqual({ ...clock, errorLeftMs: leftMs });
  });
});
