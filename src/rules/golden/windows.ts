import { expect } from '@jest/globals';
import { minutes, seconds } from '../testing/opening.js';
import { aSession, type SessionSetup, type Story } from '../testing/story.js';
import { calm, type Ending, faceChecksIn, popupsIn, type StoryCase, toTheEnd } from './golden-case.js';

const blocked: Ending = { verdict: 'VALID', code: 'R2_ATTEMPT_BLOCKED', attribution: 'TRAINEE_CONDUCT', effect: 'RECORD_ONLY' };
const concurrent = { verdict: 'INVALID', code: 'R2_CONCURRENT_PLAY', attribution: 'TRAINEE_CONDUCT', effect: 'INVALIDATE_SESSION' } as const;
const bothConcurrent: readonly Ending[] = [{ ...concurrent, besides: ['R2_ATTEMPT_BLOCKED'] }, { ...concurrent, besides: ['LEASE_TRANSFERRED'] }];

const refusedBeat = (connectionId: string) => ({ type: 'beat.refused', connectionId, reason: 'LEASE_LOST', state: 'PLAYING' }) as const;

/** Two sessions of one person: the second takes the lease, the first claims to play on. Each journal shows it. */
function bothAtOnce(second: SessionSetup): readonly Story[] {
  const first = aSession(calm).begins().plays(minutes(1)).happens({ type: 'lease.lost', leaseEpoch: 2, bySessionId: 'session-2' });
  first.timePasses(seconds(6)).happens(refusedBeat(first.browser.connectionId));
  const other = aSession({ ...calm, sessionId: 'session-2', ...second });
  other.browser.join('session:session-1');
  other.timePasses(seconds(6)).happens(refusedBeat('session:session-1'));
  return [first, other];
}

/** R2 多窗口学习 */
export const windows: readonly StoryCase[] = [
  {
    number: 11,
    title: 'two tabs, one paused',
    ends: [blocked],
    tell: () => [toTheEnd(aSession(calm).begins().plays(minutes(1)).happens({ type: 'place.refused', instanceId: 'second-tab', deviceId: 'device-1' }))],
  },
  {
    number: 12,
    title: 'two tabs both playing ≥ 5 s',
    ends: [{ ...concurrent, besides: ['LEASE_TRANSFERRED'] }, { ...concurrent, besides: ['LEASE_TRANSFERRED', 'R2_LEASE_BYPASSED'] }],
    tell: () => {
      const twoTabs = (): { readonly story: Story; readonly old: string } => {
        const story = aSession(calm).begins().plays(minutes(1));
        const old = story.browser.connectionId;
        return { story: story.takesOverOn('device-1').timePasses(seconds(5.1)), old };
      };
      const refused = twoTabs();
      const letIn = twoTabs();
      const beat = { positionMs: minutes(1), rate: 1, state: 'PLAYING', clientMonoMs: letIn.story.browser.monoMs, clientWallAt: letIn.story.timeline.now, visible: true, pictureInPicture: false } as const;
      return [
        refused.story.happens(refusedBeat(refused.old)),
        // The lease was not asked for: then the control has failed as well.
        letIn.story.happens({ type: 'beat.received', connectionId: letIn.old, seq: 900, ...beat }),
      ];
    },
  },
  {
    number: 13,
    title: 'phone takes over from PC',
    ends: [{ verdict: 'VALID', code: 'LEASE_TRANSFERRED', attribution: 'TRAINEE_CONDUCT', effect: 'RECORD_ONLY' }],
    tell: () => [toTheEnd(aSession(calm).begins().plays(minutes(2)).takesOverOn('phone').passesLiveness())],
    proves: (story) => expect(faceChecksIn(story)).toEqual(['SESSION_START', 'TAKEOVER']),
  },
  { number: 14, title: 'phone + PC, same person, two accounts', ends: bothConcurrent, tell: () => bothAtOnce({ traineeRef: 'trainee-of-the-other-account' }) },
  { number: 15, title: 'two different courses at once', ends: bothConcurrent, tell: () => bothAtOnce({ courseId: 'course-2', enrolmentId: 'enrolment-2' }) },
  {
    number: 16,
    title: 'second monitor attached, video visible',
    ends: [{ verdict: 'VALID', code: 'ENV_MULTI_SCREEN', attribution: 'ENVIRONMENT', effect: 'RECORD_ONLY' }],
    tell: () => {
      const story = aSession(calm);
      story.browser.screenExtended = true;
      return [story.studiesTheLesson()];
    },
  },
  {
    number: 17,
    title: 'other app in front, page hidden, player paused',
    ends: [{ verdict: 'VALID', code: 'VISIBILITY_PAUSE', attribution: 'TRAINEE_CONDUCT', effect: 'RECORD_ONLY' }],
    tell: () => {
      const story = aSession(calm).begins().plays(minutes(2)).hidesPage().timePasses(minutes(3));
      expect([story.state.holds, story.creditedMs]).toEqual([['WINDOW'], minutes(2)]);
      return [toTheEnd(story.showsPage())];
    },
  },
  {
    number: 18,
    title: 'hidden and played on > 10 s (script)',
    ends: [{ verdict: 'INVALID', code: 'R2_BACKGROUND_PLAY', attribution: 'TRAINEE_CONDUCT', effect: 'INVALIDATE_SESSION', besides: ['VISIBILITY_PAUSE'] }],
    tell: () => {
      const story = aSession(calm).begins().plays(minutes(1)).ignoresHolds();
      story.browser.isVisible = false;
      return [story.reports('HIDDEN').timePasses(seconds(21))];
    },
  },
  {
    number: 19,
    title: 'partly covered window, focus lost, still visible',
    ends: [{ verdict: 'VALID', code: 'FOCUS_LOST', attribution: 'TRAINEE_CONDUCT', effect: 'RECORD_ONLY' }],
    tell: () => [toTheEnd(aSession(calm).begins().plays(minutes(1)).reports('FOCUS_LOST').plays(minutes(2)).reports('FOCUS_GAINED'))],
  },
  {
    number: 20,
    title: 'picture-in-picture blocked',
    ends: [blocked],
    tell: () => [toTheEnd(aSession(calm).begins().plays(minutes(1)).reports('PIP_BLOCKED'))],
  },
  {
    number: 21,
    title: 'picture-in-picture ran > 10 s with credit',
    ends: [{ verdict: 'INVALID', code: 'R2_PIP_PLAY', attribution: 'TRAINEE_CONDUCT', effect: 'INVALIDATE_SESSION' }],
    tell: () => {
      const story = aSession(calm).begins().plays(minutes(1)).ignoresHolds();
      story.browser.isInPictureInPicture = true;
      return [story.reports('PIP_ENTERED').timePasses(seconds(21))];
    },
  },
  {
    number: 22,
    title: 'OS-level PiP / screen mirroring not visible to a browser',
    ends: [{ verdict: 'VALID', code: null }],
    // Nothing of it reaches the page: the checks that look for the person are what stands against it.
    tell: () => [aSession({ ...calm, faceChecks: [{ part: 0, atMs: minutes(3) }] }).studiesTheLesson()],
    proves: (story) => {
      expect([popupsIn(story), faceChecksIn(story), story.state.slices.R6.qualifying.length]).toEqual([1, ['SESSION_START', 'RANDOM'], 2]);
    },
  },
];
