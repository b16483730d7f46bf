import { describe, expect, it } from '@jest/globals';
import { minutes, seconds } from './testing/opening.js';
import { aSession } from './testing/story.js';

describe('R1 快进播放: what fails', () => {
  it.each([1.25, 1.5, 2, 16])('playing at %s times the rate, told openly', (speed) => {
    const story = aSession({ durationMs: minutes(20) }).begins().plays(minutes(1)).playsAtSpeed(speed).claims((beat) => ({ ...beat, rate: speed })).timePasses(seconds(25));
    expect(story.failure).toBe('R1_RATE_EXCEEDED');
    expect(story.verdict).toBe('INVALID');
  });

  it.each([1.2, 1.25, 1.5, 2, 16])('playing at %s times the rate behind a rate that says 1, within two beats', (speed) => {
    const story = aSession({ durationMs: minutes(20) }).begins().plays(minutes(1)).playsAtSpeed(speed);
    const beats = story.journal.length;
    story.timePasses(seconds(25));
    expect(story.failure).toMatch(/^R1_(RATE_EXCEEDED|POSITION_JUMP)$/);
    expect(story.journal.slice(beats).filter(({ type }) => type === 'beat.received').length).toBeLessThanOrEqual(2);
  });

  it.each([1.05, 1.02, 1.01])('a speed-up of %s that hides in every single beat, over a long lesson', (speed) => {
    const story = aSession({ durationMs: minutes(40), delayMs: [10, 300] }).begins().playsAtSpeed(speed).playsToTheEnd();
    expect(story.failure).toBe('R1_RATE_EXCEEDED');
    expect(story.creditedMs).toBeLessThan(minutes(8));
  });

  it('a speed-up covered by a page clock that runs just as fast', () => {
    const story = aSession({ durationMs: minutes(40), clockRate: 1.05 }).begins().playsAtSpeed(1.05).playsToTheEnd();
    expect(story.failure).toBe('R1_RATE_EXCEEDED');
    expect(story.creditedMs).toBeLessThan(minutes(3));
  });

  it('a page clock at ten times real time, which is also told as skew', () => {
    const story = aSession({ durationMs: minutes(20) }).begins();
    story.browser.setClockRate(10);
    story.plays(minutes(2));
    expect(story.codes).toContain('CLOCK_SKEW');
    expect(story.playsAtSpeed(10).plays(minutes(5)).failure).toMatch(/^R1_/);
  });

  it('a jump of five minutes while playing', () => {
    const story = aSession({ durationMs: minutes(20) }).begins().plays(minutes(2));
    story.browser.player.seekTo(minutes(7));
    story.plays(seconds(20));
    expect(story.failure).toBe('R1_POSITION_JUMP');
  });

  it('a jump of five minutes while paused: the gap stays a gap, and play beyond it earns nothing', () => {
    const story = aSession({ durationMs: minutes(20) }).begins().plays(minutes(2)).pauses().seeksTo(minutes(7)).plays(minutes(1));
    expect(story.failure).toBe('R1_FORWARD_SEEK');
    expect(Math.round(story.creditedMs)).toBe(minutes(2));
  });

  it('many small jumps, each under the tolerance', () => {
    const story = aSession({ durationMs: minutes(20) }).begins().plays(minutes(1));
    for (let count = 0; count < 5; count += 1) story.pauses(seconds(2)).seeksTo(story.positionMs + 1_900).plays(seconds(5));
    expect(story.failure).toBe('R1_RATE_EXCEEDED');
  });

  it('thirty seconds of progress per call, in a tight loop', () => {
    const story = aSession({ durationMs: minutes(45) }).begins().plays(seconds(5));
    for (let call = 1; call <= 80 && story.failure === null; call += 1) {
      story.browser.player.seekTo(seconds(5 + 30 * call));
      story.browser.beat();
      story.timePasses(12);
    }
    expect(story.failure).toBe('R1_POSITION_JUMP');
    expect(story.creditedMs).toBeLessThan(seconds(10));
  });

  it.each([seconds(3), seconds(31), minutes(6)])('the end of a lesson claimed after %s ms', (playedMs) => {
    const story = aSession({ durationMs: minutes(30) }).begins().plays(playedMs).pauses().claims((beat) => ({ ...beat, state: 'ENDED', positionMs: minutes(30) }));
    story.browser.beat();
    expect(story.timePasses(seconds(1)).failure).toBe('R1_WALLCLOCK_DEFICIT');
    expect(story.verdict).toBe('INVALID');
  });
});

describe('R1 快进播放: what does not', () => {
  it('a lesson watched at real time', () => {
    expect(aSession({ durationMs: minutes(45), delayMs: [20, 400] }).studiesTheLesson().verdict).toBe('VALID');
  });

  it('asking to finish early: it is refused, the session goes on', () => {
    const story = aSession().begins().plays(seconds(31)).happens({ type: 'finish.requested' });
    expect(story.verdict).toBe('INCOMPLETE');
    expect(story.playsToTheEnd().finishes().verdict).toBe('VALID');
  });

  it('1.25× or a drag that the SDK prevents, which are recorded', () => {
    const story = aSession().begins().plays(minutes(2)).reports('RATE_BLOCKED').triesToSeekTo(minutes(8)).playsToTheEnd().finishes();
    expect(story.codes.filter((code) => code === 'R1_ATTEMPT_BLOCKED')).toHaveLength(2);
    expect(story.verdict).toBe('VALID');
  });

  it('0.75×, which earns what is watched', () => {
    const story = aSession().begins().playsAtSpeed(0.75).playsToTheEnd().finishes();
    expect(story.verdict).toBe('VALID');
  });

  it('watching a part again, which earns no second credit', () => {
    const story = aSession({ durationMs: minutes(8) }).begins().plays(minutes(2)).seeksTo(minutes(1)).plays(minutes(2)).pauses(seconds(1));
    expect(story.creditedMs / minutes(3)).toBeCloseTo(1, 3);
    expect(story.state.ledger.playedMs / minutes(4)).toBeCloseTo(1, 3);
    expect(story.playsToTheEnd().finishes().verdict).toBe('VALID');
  });

  it('dragging forward within what was watched', () => {
    const story = aSession().begins().plays(minutes(4)).seeksTo(minutes(1)).plays(seconds(10)).seeksTo(minutes(4) - 500).playsToTheEnd().finishes();
    expect(story.verdict).toBe('VALID');
  });

  it('a player that jumps 1.5 s where two segments meet', () => {
    const story = aSession().begins().plays(minutes(2));
    story.browser.player.seekTo(story.positionMs + 1_500);
    expect(story.playsToTheEnd().finishes().verdict).toBe('VALID');
  });

  it.each([
    ['a media clock that is 0.1 % fast', { mediaRate: 1.001 }],
    ['a media clock that is 0.1 % slow', { mediaRate: 0.999 }],
    ['a page clock that drifts by 100 ppm one way', { clockRate: 1.0001 }],
    ['a page clock that drifts by 100 ppm the other way', { clockRate: 0.9999 }],
    ['both, against each other', { clockRate: 0.9999, mediaRate: 1.001 }],
  ])('%s, over two hours', (_name, rates) => {
    expect(aSession({ durationMs: minutes(120), ...rates }).studiesTheLesson().verdict).toBe('VALID');
  });

  it('a first message that took three seconds', () => {
    const story = aSession({ delayMs: [3_000, 3_000] }).begins();
    story.network.habits = { delayMs: [20, 60] };
    expect(story.playsToTheEnd().finishes().verdict).toBe('VALID');
  });

  const SLOW = { delayMs: [2_400, 2_500] } as const;
  const FAST = { delayMs: [10, 20] } as const;

  it('a line that is slow at every new join, and fast in between', () => {
    const story = aSession({ durationMs: minutes(12) }).begins();
    for (let count = 0; count < 6; count += 1) {
      story.plays(seconds(25)).pauses(seconds(2)).network.habits = SLOW;
      story.joined().network.habits = FAST;
    }
    expect(story.playsToTheEnd().finishes().verdict).toBe('VALID');
  });

  it('a line that is slow for half a minute, now and then', () => {
    const story = aSession({ durationMs: minutes(12) }).begins();
    for (let count = 0; count < 4; count += 1) {
      story.plays(seconds(45)).network.habits = SLOW;
      story.plays(seconds(45)).network.habits = FAST;
    }
    expect(story.playsToTheEnd().finishes().verdict).toBe('VALID');
  });

  it('a laptop that sleeps and wakes on a slow line', () => {
    const story = aSession({ durationMs: minutes(12), delayMs: SLOW.delayMs }).begins();
    for (let count = 0; count < 4; count += 1) {
      story.network.habits = FAST;
      story.plays(seconds(60)).network.habits = SLOW;
      story.sleeps(minutes(2), false);
    }
    story.network.habits = FAST;
    expect(story.playsToTheEnd().finishes().verdict).toBe('VALID');
  });

  it('a system clock moved by ten minutes: recorded, credited by server time', () => {
    const story = aSession().begins().plays(minutes(3));
    story.browser.clock = { ...story.browser.clock, wallOffsetMs: minutes(10) };
    story.playsToTheEnd().finishes();
    expect(story.verdict).toBe('VALID');
    expect(story.codes.filter((code) => code === 'CLOCK_SKEW')).toHaveLength(1);
  });

  it('credit that was withheld: the trainee goes back, nobody is accused of having been ahead', () => {
    const story = aSession().begins().plays(minutes(1)).leavesPopupUnanswered().plays(minutes(5));
    expect(story.codes).toContain('R3_MISSED');
    expect(story.playsToTheEnd().finishes().verdict).toBe('VALID');
  });
});

describe('a client cannot lengthen the lesson by saying so', () => {
  it('a position beyond its end counts as its end', () => {
    const story = aSession().begins().plays(seconds(30)).claims((beat) => ({ ...beat, positionMs: 99_999_000 }));
    expect(story.plays(seconds(20)).failure).toBe('R1_POSITION_JUMP');
    expect(story.creditedMs).toBeLessThanOrEqual(seconds(45));
  });

  it.each([
    ['one beat for five minutes, after our side was gone', seconds(45), true],
    ['beats for five minutes kept back while our side was gone', seconds(40), false],
  ])('%s: earns no more than can be believed', (_name, mostMs, isSilent) => {
    const story = aSession({ durationMs: minutes(30), snapshots: [], faceChecks: [] }).begins().plays(seconds(20));
    const before = story.creditedMs;
    story.browser.lostLine = () => undefined;
    if (isSilent) story.claims(() => null);
    story.serverIsGone(minutes(4)).claims((beat) => beat);
    story.browser.beat();
    expect(story.timePasses(10).creditedMs - before).toBeLessThanOrEqual(mostMs + seconds(11));
  });
});
