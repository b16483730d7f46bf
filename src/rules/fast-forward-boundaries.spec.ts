import { describe, expect, it } from '@jest/globals';
import type { BeatReceived } from './event.js';
import { outstanding } from './step.js';
import { beats } from './testing/exact-beat.js';
import { aPolicy, minutes, seconds, type PolicyChanges } from './testing/opening.js';
import { aSession, type Story } from './testing/story.js';

type Told = readonly [afterMs: number, positionMs: number, claim?: Partial<BeatReceived>];

/** A lesson of twenty minutes of which a page tells exactly these beats, the first one at its beginning. */
function told(list: readonly Told[], changes: PolicyChanges = {}, durationMs = minutes(20)): Story {
  const story = beats(aSession({ durationMs, snapshots: [], faceChecks: [], policy: aPolicy(changes) }).begins(), 0, { positionMs: 0 });
  return list.reduce((so, [afterMs, positionMs, claim]) => beats(so, afterMs, { positionMs, ...claim }), story);
}

/** What rule 1 found, with the values that prove it. */
const found = (story: Story) => story.state.findings.filter(({ rule }) => rule === 'R1').map(({ code, detail }) => ({ code, ...detail }));
const PLAYED: Told = [seconds(10), seconds(10)];

describe('R1 快进播放: play against time', () => {
  it('as fast as time and its error allow', () => {
    expect(found(told([PLAYED, [seconds(10), seconds(10) + 12_020]]))).toEqual([]);
  });

  it('one millisecond faster, told with what was measured', () => {
    expect(found(told([PLAYED, [seconds(10), seconds(10) + 12_021]])))
      .toEqual([{ code: 'R1_RATE_EXCEEDED', excessMs: 2_001, advanceMs: 12_021, elapsedMs: 10_000, errorMs: 2_000, sinceMs: 10_000 }]);
  });

  it.each([[40_000, 'R1_RATE_EXCEEDED'], [40_001, 'R1_POSITION_JUMP']])('%s ms in ten seconds: beyond four times real time it is called a jump', (advanceMs, code) => {
    expect(found(told([PLAYED, [seconds(10), seconds(10) + advanceMs]]))).toMatchObject([{ code, advanceMs }]);
  });

  it('a little too fast, again and again: since the first time, not the last', () => {
    expect(found(told([PLAYED, [seconds(10), seconds(20)], [seconds(10), seconds(31.5)], [seconds(10), seconds(43)]])))
      .toEqual([{ code: 'R1_RATE_EXCEEDED', excessMs: 2_960, advanceMs: 11_500, elapsedMs: 10_000, errorMs: 2_000, sinceMs: 20_000 }]);
  });

  it('going back does not make up for having been too fast', () => {
    expect(found(told([PLAYED, [seconds(10), seconds(21.5)], [0, seconds(15)], [seconds(10), seconds(26.5)]]))).toMatchObject([{ code: 'R1_RATE_EXCEEDED', excessMs: 2_960 }]);
  });
});

describe('R1 快进播放: the rate that is told', () => {
  it('over the error of its measurement, with more than two seconds played at it', () => {
    expect(found(told([PLAYED, [2_001, 12_001, { rate: 1.021 }]]))).toEqual([{ code: 'R1_RATE_EXCEEDED', rate: 1.021, maxRate: 1, sinceMs: 10_000 }]);
  });

  it.each([
    ['within the error of its measurement', 10_000, 1.02],
    ['over it for two seconds: nothing is earned by it', 2_000, 1.25],
  ])('%s', (_name, advanceMs, rate) => {
    expect(found(told([PLAYED, [advanceMs, seconds(10) + advanceMs, { rate }]]))).toEqual([]);
  });
});

describe('R1 快进播放: skipped content', () => {
  const skipping: readonly Told[] = [PLAYED, [0, seconds(10), { state: 'PAUSED' }], [0, seconds(60)]];

  it('play beyond it, for more than two seconds', () => {
    expect(found(told([...skipping, [2_000, seconds(62)]]))).toEqual([]);
    expect(found(told([...skipping, [2_001, seconds(62) + 1]]))).toEqual([{ code: 'R1_FORWARD_SEEK', positionMs: 62_001, reachedMs: 10_000, sinceMs: 10_000 }]);
  });

  const small: readonly Told[] = [11_900, 23_800, 35_700].flatMap((positionMs): readonly Told[] => [
    [0, positionMs - 1_900, { state: 'PAUSED' }], [0, positionMs], [seconds(10), positionMs + seconds(10)],
  ]);

  it('in small steps adds up where it is denied, and is nobody’s fault where the policy allows it', () => {
    expect(found(told([PLAYED, ...small]))).toMatchObject([{ code: 'R1_RATE_EXCEEDED' }]);
    expect(found(told([PLAYED, ...small], { playback: { forwardSeek: 'ALLOW' } })).filter(({ code }) => code !== 'R1_FF_ENABLED')).toEqual([]);
  });
});

describe('R1 快进播放: the end', () => {
  const near: PolicyChanges = { completion: { minCoverage: 0.5 } };
  const end: Told = [0, seconds(60), { state: 'ENDED' }];
  const ending = (playedMs: number, changes: PolicyChanges) => found(told([[seconds(10), seconds(10)], [playedMs - seconds(10), playedMs], [0, playedMs, { state: 'PAUSED' }], end], changes, seconds(60)));

  it('claimed two seconds before enough was reached is an error of measurement', () => {
    expect(ending(28_000, near)).toEqual([]);
  });

  it('claimed one millisecond earlier is not', () => {
    expect(ending(27_999, near)).toEqual([{ code: 'R1_WALLCLOCK_DEFICIT', reachedMs: 27_999, creditedMs: 27_999, durationMs: 60_000, sinceMs: 27_999 }]);
  });

  it('claimed at once is no fault where skipping is allowed, and no completion either', () => {
    const allowed: PolicyChanges = { playback: { forwardSeek: 'ALLOW' } };
    expect(ending(seconds(20), allowed).filter(({ code }) => code !== 'R1_FF_ENABLED')).toEqual([]);
  });

  it.each([[29_999, ['R1_WALLCLOCK_DEFICIT']], [30_000, []]])('is outstanding until enough is credited: %s ms of half a minute', (playedMs, codes) => {
    const { state } = told([PLAYED, [playedMs - seconds(10), playedMs, { state: 'PAUSED' }]], near, seconds(60));
    if (state.status !== 'live') throw new Error('the session is closed');
    expect(outstanding(state).filter(({ rule }) => rule === 'R1').map(({ code }) => code)).toEqual(codes);
  });
});

describe('R1 快进播放: what is only recorded', () => {
  it('a drag that was prevented, with where it would have led', () => {
    const story = aSession().begins().plays(seconds(30)).triesToSeekTo(minutes(8)).timePasses(seconds(1));
    expect(found(story)).toEqual([{ code: 'R1_ATTEMPT_BLOCKED', kind: 'SEEK_BLOCKED', fromMs: 30_000, toMs: 480_000 }]);
  });

  const deny: PolicyChanges = { playback: { rewind: 'DENY' } };
  const back: readonly Told[] = [PLAYED, [seconds(10), seconds(20)], [seconds(10), seconds(30)], [0, seconds(5)]];

  it('watching again, where the policy denies it: once for each time, with the position', () => {
    const again: readonly Told[] = [[2_001, 7_001], [seconds(10), seconds(17)], [0, seconds(17), { state: 'PAUSED' }], [0, seconds(30)], [seconds(10), seconds(40)]];
    expect(found(told([...back, ...again.slice(0, 2)], deny))).toEqual([{ code: 'R1_REWOUND', positionMs: 7_001 }]);
    expect(found(told([...back, ...again, [0, 0], [seconds(10), seconds(10)]], deny)))
      .toEqual([{ code: 'R1_REWOUND', positionMs: 7_001 }, { code: 'R1_REWOUND', positionMs: 10_000 }]);
  });

  it('not two seconds of it, not play of what is new, and not where it is allowed', () => {
    expect(found(told([...back, [2_000, 7_000]], deny))).toEqual([]);
    expect(found(told(back.slice(0, 3), deny))).toEqual([]);
    expect(found(told([...back, [seconds(10), seconds(15)]]))).toEqual([]);
  });
});
