import { expect } from '@jest/globals';
import { minutes, seconds } from '../testing/opening.js';
import { aSession, type SessionSetup, type Story } from '../testing/story.js';
import { calm, faceChecksIn, popupsIn, type StoryCase, toTheEnd } from './golden-case.js';

const gapOf = (ms: number): Story => aSession({ ...calm, popupGaps: [ms, minutes(4)] }).begins();

/** Ten lessons of four minutes, one after the other; each takes the popup clock over from the one before. */
function tenShortLessons(): readonly Story[] {
  const stories: Story[] = [];
  for (let position = 1; position <= 10; position += 1) {
    const popupClockMs = stories.at(-1)?.state.slices.R3.clockMs ?? 0;
    const lesson = { lessonId: `lesson-${position}`, position, title: '短课', durationMs: minutes(4), videoSha256: 'a'.repeat(64) };
    const short: SessionSetup = { ...calm, popupGaps: [minutes(3), minutes(3)], snapshots: [{ part: 0, atMs: minutes(2) }], sessionId: `session-${position}` };
    stories.push(aSession({ ...short, lesson, predecessors: [], popupClockMs }).studiesTheLesson());
  }
  return stories;
}

/** R3 连续5分钟内无弹窗管控 */
export const popups: readonly StoryCase[] = [
  {
    number: 23,
    title: 'pause 30 min',
    ends: [{ verdict: 'VALID', code: 'IDLE_CLOSED', attribution: 'TRAINEE_CONDUCT', effect: 'RECORD_ONLY' }],
    tell: () => [toTheEnd(aSession(calm).begins().plays(minutes(2)).pauses(minutes(30)).joined())],
    // The face check at the resume is a control: the popup that would have been due comes with it.
    proves: (story) => expect(faceChecksIn(story)).toEqual(['SESSION_START', 'RESUME']),
  },
  {
    number: 24,
    title: 'pause just before each popup',
    ends: [{ verdict: 'VALID', code: null }],
    tell: () => [toTheEnd(aSession(calm).begins().plays(minutes(3.9)).pauses(minutes(2)).plays(minutes(3.9)).pauses(minutes(2)))],
    // After four and after eight minutes of play, whatever the pauses.
    proves: (story) => expect(popupsIn(story)).toBe(2),
  },
  {
    number: 25,
    title: 'popup due while paused',
    ends: [{ verdict: 'VALID', code: null }],
    tell: () => {
      const story = aSession(calm).begins().plays(minutes(3.9)).pauses(minutes(4));
      expect(popupsIn(story)).toBe(0);
      expect(popupsIn(story.plays(minutes(0.1)).timePasses(1))).toBe(1);
      return [toTheEnd(story)];
    },
  },
  {
    number: 26,
    title: 'popup missed once, video paused',
    ends: [{ verdict: 'VALID', code: 'R3_MISSED', attribution: 'TRAINEE_CONDUCT', effect: 'WITHHOLD_INTERVAL' }],
    tell: () => {
      const story = aSession(calm).begins().leavesPopupUnanswered().plays(minutes(4)).timePasses(seconds(61));
      // Nothing since the face check at the start was confirmed.
      expect([story.state.holds, story.creditedMs]).toEqual([['POPUP_MISSED'], 0]);
      return [toTheEnd(story)];
    },
    proves: (story) => expect(story.state.ledger.withheldMs).toBe(minutes(4)),
  },
  {
    number: 27,
    title: 'popup missed, video went on with credit',
    ends: [{ verdict: 'INVALID', code: 'R3_POPUP_UNENFORCED', attribution: 'UNKNOWN', effect: 'INVALIDATE_SESSION' }],
    tell: () => {
      const story = aSession(calm).begins().ignoresHolds();
      story.trainee.ignoresPopups = true;
      return [story.plays(minutes(6))];
    },
  },
  {
    number: 28,
    title: 'gap 300.0 s / 300.1 s of credited time',
    ends: [{ verdict: 'VALID', code: null }, { verdict: 'INVALID', code: 'R3_POPUP_GAP', attribution: 'PLATFORM_CONTROL', effect: 'INVALIDATE_SESSION' }],
    tell: () => [toTheEnd(gapOf(seconds(300))), toTheEnd(gapOf(seconds(300.1)))],
  },
  {
    number: 29,
    title: 'popup answered in 40 ms, isTrusted=false, same 5 s grid',
    ends: [{ verdict: 'PENDING_REVIEW', code: 'R3_POPUP_AUTOMATED', attribution: 'UNKNOWN', effect: 'REVIEW' }],
    tell: () => {
      const story = aSession(calm).begins();
      story.trainee.popupMs = [40, 41];
      story.trainee.isTrusted = false;
      return [toTheEnd(story)];
    },
    proves: (story) => expect(faceChecksIn(story)).toEqual(['SESSION_START', 'DOUBT', 'DOUBT']),
  },
  {
    number: 30,
    title: 'slow reader/disabled needs 2 min',
    ends: [{ verdict: 'VALID', code: 'ACCESSIBLE_TIMEOUT', attribution: 'TRAINEE_CONDUCT', effect: 'RECORD_ONLY' }],
    tell: () => {
      const story = aSession({ ...calm, isAccessible: true }).begins();
      story.trainee.popupMs = [minutes(2), minutes(2) + 1];
      return [toTheEnd(story)];
    },
  },
  {
    number: 31,
    title: 'lesson of 4 min',
    ends: Array.from({ length: 10 }, () => ({ verdict: 'VALID', code: null }) as const),
    tell: tenShortLessons,
    proves: (first, last) => {
      const controls = (story: Story): number => popupsIn(story) + faceChecksIn(story).length;
      expect(first.state.slices.R3.clockMs).toBe(minutes(1));
      expect(last.state.opened.popupClockMs).toBe(minutes(1));
      // A face check is a popup control: each lesson begins with one and has a popup after three minutes.
      expect([controls(first), controls(last)]).toEqual([2, 2]);
    },
  },
  {
    number: 32,
    title: 'single lesson < 5 min, whole session',
    ends: [{ verdict: 'VALID', code: null }, { verdict: 'INCOMPLETE', code: 'R4_CHECK_UNANSWERED', attribution: 'TRAINEE_CONDUCT', effect: 'RECORD_ONLY' }],
    tell: () => {
      const short: SessionSetup = { ...calm, durationMs: minutes(4), snapshots: [{ part: 0, atMs: minutes(2) }] };
      const unchecked = aSession(short);
      unchecked.trainee.usualBurst = null;
      return [aSession(short).studiesTheLesson(), unchecked.joined().resumes().timePasses(minutes(6))];
    },
    proves: (_passed, unchecked) => expect(unchecked.creditedMs).toBe(0),
  },
];
