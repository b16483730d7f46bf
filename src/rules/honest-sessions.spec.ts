import { describe, expect, it } from '@jest/globals';
import { aPolicy, minutes, seconds } from './testing/opening.js';
import { aSession, type SessionSetup, type Story } from './testing/story.js';

type Telling = (setup: SessionSetup) => Story;

const often = (times: number, begin: (setup: SessionSetup) => Story, act: (story: Story, index: number) => Story): Telling => (setup) => {
  let story = begin({ durationMs: minutes(15), ...setup }).begins();
  for (let index = 0; index < times; index += 1) story = act(story, index);
  return story.playsToTheEnd().finishes();
};

const TELLINGS: readonly (readonly [string, Telling])[] = [
  ['nothing out of the ordinary', often(0, aSession, (story) => story)],
  ['a line that stands still for nine seconds, again and again', often(30, aSession, (story) => story.plays(seconds(20)).stalls(seconds(9)))],
  ['a line that stands still for twenty seconds, every minute', often(14, aSession, (story) => story.plays(seconds(40)).stalls(seconds(20)))],
  ['a line that stands still for a minute', often(5, aSession, (story) => story.plays(seconds(75)).stalls(seconds(60)))],
  ['Wi-Fi lost for twenty seconds, every minute', often(14, aSession, (story) => story.plays(seconds(40)).goesOffline(seconds(20)))],
  ['Wi-Fi lost for twenty seconds, noticed by nobody', often(14, aSession, (story) => story.plays(seconds(40)).goesOffline(seconds(20), seconds(45)))],
  ['Wi-Fi lost for a minute, noticed sooner or later', often(6, aSession, (story, index) => story.plays(seconds(75)).goesOffline(seconds(60), seconds(index * 8)))],
  ['ten minutes without a network', often(1, aSession, (story) => story.plays(minutes(3)).goesOffline(minutes(10)))],
  ['a server that is gone for five minutes', often(2, aSession, (story) => story.plays(minutes(3)).serverIsGone(minutes(5)))],
  ['a reload every half minute', often(20, aSession, (story) => story.plays(seconds(35)).reloads())],
  ['a browser that crashed and was opened again an hour later', often(1, aSession, (story) => story.plays(minutes(4)).crashes().timePasses(minutes(60)).comesBack())],
  ['a laptop asleep for twenty seconds whose clock stood', often(2, aSession, (story) => story.plays(minutes(3)).sleeps(seconds(20), false))],
  ['a laptop asleep for twenty seconds whose clock ran', often(2, aSession, (story) => story.plays(minutes(3)).sleeps(seconds(20), true))],
  ['a laptop asleep for five minutes whose clock stood', often(2, aSession, (story) => story.plays(minutes(3)).sleeps(minutes(5), false))],
  ['a laptop asleep over lunch', often(1, aSession, (story) => story.plays(minutes(3)).sleeps(minutes(60), true))],
  ['short pauses', often(30, aSession, (story) => story.plays(seconds(25)).pauses(seconds(11)))],
  ['half an hour away from the screen', often(1, aSession, (story) => story.plays(minutes(5)).pauses(minutes(30)).joined())],
  ['going back again and again', often(10, aSession, (story) => story.plays(seconds(65)).seeksTo(Math.max(0, story.positionMs - 30_000)))],
  ['moving to the phone and back', often(2, aSession, (story, index) => story.plays(minutes(2)).takesOverOn(index === 0 ? 'phone' : 'device-1'))],
  ['a phone call in the middle', often(3, aSession, (story) => story.plays(minutes(2)).hidesPage().timePasses(minutes(3)).showsPage())],
];

const LINES = [
  ['a good line', [0, 5]],
  ['an ordinary line', [10, 300]],
  ['a line that takes up to a second and a half', [0, 1_500]],
] as const;

describe('honest sessions stay valid', () => {
  describe.each(LINES)('over %s', (_line, delayMs) => {
    it.each(TELLINGS)('%s', (_name, tell) => {
      for (const seed of [1, 2, 3, 4]) {
        const story = tell({ seed, delayMs });
        expect({ seed, failure: story.failure, verdict: story.verdict }).toEqual({ seed, failure: null, verdict: 'VALID' });
      }
    });
  });

  it('does not earn twice, nor faster than time, on any of these lines', () => {
    for (const [, tell] of TELLINGS) {
      const story = tell({ seed: 9, delayMs: [0, 1_500] });
      const opened = story.journal[0]!.at;
      expect(story.creditedMs).toBeLessThanOrEqual(story.timeline.now - opened);
      expect(story.creditedMs).toBeLessThanOrEqual(minutes(15));
    }
  });

  it('tells what happened, as the environment or as a record', () => {
    expect(aSession().begins().plays(minutes(1)).goesOffline(seconds(60)).codes).toEqual(['OFFLINE_STOP']);
    expect(aSession().begins().plays(minutes(1)).goesOffline(seconds(20)).codes).toEqual(['OFFLINE_GRACE']);
    expect(aSession().begins().plays(minutes(1)).pauses(minutes(16)).codes).toContain('IDLE_CLOSED');
  });

  it('does not take a beat that waited in the outbox for a clock that is wrong', () => {
    const story = aSession().begins();
    for (let count = 0; count < 6; count += 1) story.plays(seconds(50)).stalls(seconds(25));
    expect(story.codes).not.toContain('CLOCK_SKEW');
  });

  it('works with the short times of the demonstration just as well', () => {
    const policy = aPolicy({
      popup: { maxGapMs: 45_000, scheduleMinMs: 15_000, scheduleMaxMs: 30_000, responseTimeoutMs: 20_000, resumePauseMs: 60_000 },
      face: { responseTimeoutMs: 45_000, resumePauseMs: 120_000 },
      snapshot: { retryWindowMs: 20_000, retryDelayMs: 5_000 },
      network: { heartbeatMs: 2_000, offlineGraceMs: 10_000, leaseTtlMs: 15_000, idleCloseMs: 120_000 },
    });
    for (const seed of [1, 2, 3, 4, 5, 6]) {
      expect(aSession({ seed, policy, durationMs: seconds(75), delayMs: [5, 80] }).studiesTheLesson().verdict).toBe('VALID');
      const dropped = aSession({ seed, policy, durationMs: seconds(75), delayMs: [5, 80] }).begins().plays(seconds(20)).goesOffline(seconds(6));
      expect(dropped.playsToTheEnd().finishes().verdict).toBe('VALID');
    }
  });
});
