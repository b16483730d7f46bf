import { expect } from '@jest/globals';
import { minutes, seconds } from '../testing/opening.js';
import { aSession, type Story } from '../testing/story.js';
import { calm, faceChecksIn, type StoryCase, toTheEnd } from './golden-case.js';

const studying = (): Story => aSession(calm).begins().plays(minutes(2));

/** Lines, crashes and our own outages */
export const network: readonly StoryCase[] = [
  {
    number: 35,
    title: 'network drop 20 s',
    ends: [{ verdict: 'VALID', code: 'OFFLINE_GRACE', attribution: 'ENVIRONMENT', effect: 'RECORD_ONLY' }],
    tell: () => {
      const story = studying().goesOffline(seconds(20));
      expect(story.creditedMs).toBe(minutes(2) + seconds(20));
      return [toTheEnd(story)];
    },
  },
  {
    number: 36,
    title: 'network drop 10 min, SDK stops at 30 s',
    ends: [{ verdict: 'VALID', code: 'OFFLINE_STOP', attribution: 'ENVIRONMENT', effect: 'RECORD_ONLY' }],
    tell: () => {
      const story = studying().goesOffline(minutes(10));
      expect(story.creditedMs).toBeLessThanOrEqual(minutes(2) + seconds(31));
      return [toTheEnd(story)];
    },
    // A face check is a popup control, and asks for more.
    proves: (story) => expect(faceChecksIn(story)).toEqual(['SESSION_START', 'RESUME']),
  },
  {
    number: 37,
    title: 'network drop 10 min, player kept going, later upload claims credit',
    ends: [{ verdict: 'INVALID', code: 'R3_POPUP_GAP', attribution: 'UNKNOWN', effect: 'INVALIDATE_SESSION', besides: ['OFFLINE_STOP'] }],
    tell: () => {
      const story = aSession({ durationMs: minutes(30) }).begins().plays(minutes(1));
      story.browser.lostLine = () => undefined;
      return [story.goesOffline(minutes(10))];
    },
    proves: (story) => expect(story.creditedMs).toBeLessThanOrEqual(minutes(1) + seconds(30) + 50),
  },
  {
    number: 38,
    title: 'browser crash',
    ends: [{ verdict: 'VALID', code: 'ABANDONED', attribution: 'ENVIRONMENT', effect: 'RECORD_ONLY', besides: ['OFFLINE_STOP'] }],
    tell: () => {
      const story = studying().timePasses(seconds(9)).crashes().timePasses(minutes(1));
      // Up to the last beat, nine seconds before the end.
      expect(story.creditedMs).toBe(minutes(2));
      expect(story.comesBack().positionMs).toBeGreaterThanOrEqual(minutes(2));
      return [toTheEnd(story)];
    },
  },
  {
    number: 39,
    title: 'server outage 5 min',
    ends: [{ verdict: 'VALID', code: 'SERVER_UNAVAILABLE', attribution: 'ENVIRONMENT', effect: 'RECORD_ONLY' }],
    tell: () => {
      const story = studying().serverIsGone(minutes(5));
      expect(story.creditedMs).toBeLessThanOrEqual(minutes(2) + seconds(31));
      expect(story.state.findings.find(({ code }) => code === 'SERVER_UNAVAILABLE')?.detail).toMatchObject({ incidentId: 'incident-1', lastedMs: minutes(5) });
      return [toTheEnd(story)];
    },
  },
];
