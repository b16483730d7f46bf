import { expect } from '@jest/globals';
import { minutes, seconds } from '../testing/opening.js';
import { aSession } from '../testing/story.js';
import { calm, popupsIn, type StoryCase, toTheEnd } from './golden-case.js';

const blocked = { verdict: 'VALID', code: 'R1_ATTEMPT_BLOCKED', attribution: 'TRAINEE_CONDUCT', effect: 'RECORD_ONLY' } as const;

/** R1 快进播放 */
export const playback: readonly StoryCase[] = [
  {
    number: 1,
    title: 'rewind and re-watch',
    ends: [{ verdict: 'VALID', code: null }],
    tell: () => [toTheEnd(aSession(calm).begins().plays(minutes(3)).seeksTo(minutes(1)).plays(minutes(3)).seeksTo(0))],
    proves: (story) => {
      expect(story.creditedMs).toBe(minutes(8));
      // Fourteen minutes of play for eight of credit: the popups go on.
      expect(popupsIn(story)).toBe(3);
    },
  },
  {
    number: 2,
    title: 're-watch at 2× after completion',
    ends: [{ verdict: 'VALID', code: 'REVIEW_MODE', attribution: 'TRAINEE_CONDUCT', effect: 'RECORD_ONLY' }],
    tell: () => {
      const story = aSession(calm).begins().playsToTheEnd().reports('REVIEW_MODE_ON').seeksTo(0);
      return [story.playsAtSpeed(2).claims((claim) => ({ ...claim, rate: 2 })).plays(minutes(7)).pauses().reports('REVIEW_MODE_OFF').finishes()];
    },
    proves: (story) => expect(story.creditedMs).toBe(minutes(8)),
  },
  {
    number: 3,
    title: '1.25× attempted, SDK clamps to 1.0',
    ends: [blocked],
    tell: () => [toTheEnd(aSession(calm).begins().plays(minutes(1)).reports('RATE_BLOCKED', { rate: 1.25 }))],
  },
  {
    number: 4,
    title: '1.25× really played > tolerance',
    ends: [{ verdict: 'INVALID', code: 'R1_RATE_EXCEEDED', attribution: 'TRAINEE_CONDUCT', effect: 'INVALIDATE_SESSION' }],
    tell: () => [aSession(calm).begins().plays(seconds(20)).playsAtSpeed(1.25).plays(minutes(5))],
    // The page goes on claiming the rate 1: position against server time is enough.
    proves: (story) => expect(story.journal.some((event) => event.type === 'beat.received' && event.rate !== 1)).toBe(false),
  },
  {
    number: 5,
    title: '0.75×',
    ends: [{ verdict: 'VALID', code: null }],
    tell: () => [toTheEnd(aSession(calm).begins().playsAtSpeed(0.75))],
    proves: (story) => expect(story.state.ledger.playedMs).toBeLessThanOrEqual(minutes(8)),
  },
  {
    number: 6,
    title: 'drag forward within already watched part',
    ends: [{ verdict: 'VALID', code: null }],
    tell: () => [toTheEnd(aSession(calm).begins().plays(minutes(3)).seeksTo(seconds(30)).plays(seconds(20)).seeksTo(minutes(2.9)))],
  },
  {
    number: 7,
    title: 'drag beyond frontier, snapped back',
    ends: [blocked],
    tell: () => [toTheEnd(aSession(calm).begins().plays(minutes(2)).triesToSeekTo(minutes(6)))],
  },
  {
    number: 8,
    title: 'player bug jumps 1.5 s at segment change',
    ends: [{ verdict: 'VALID', code: null }],
    tell: () => {
      const story = aSession(calm).begins().plays(minutes(2));
      story.browser.player.seekTo(story.positionMs + 1_500);
      return [toTheEnd(story)];
    },
  },
  {
    number: 9,
    title: '"ended" after 6 min of a 30-min video',
    ends: [{ verdict: 'INVALID', code: 'R1_WALLCLOCK_DEFICIT', attribution: 'TRAINEE_CONDUCT', effect: 'INVALIDATE_SESSION' }],
    tell: () => [aSession({ durationMs: minutes(30) }).begins().plays(minutes(6)).claims((claim) => ({ ...claim, state: 'ENDED' })).pauses(seconds(1))],
  },
  {
    number: 10,
    title: 'system clock moved by the user',
    ends: [{ verdict: 'VALID', code: 'CLOCK_SKEW', attribution: 'ENVIRONMENT', effect: 'RECORD_ONLY' }],
    tell: () => {
      const story = aSession(calm).begins().plays(minutes(2));
      story.browser.clock = { ...story.browser.clock, wallOffsetMs: minutes(60) };
      return [toTheEnd(story)];
    },
  },
];
