import { expect } from '@jest/globals';
import { minutes } from '../testing/opening.js';
import { aSession, type Story } from '../testing/story.js';
import { calm, faceChecksIn, type StoryCase, toTheEnd } from './golden-case.js';

const review = { type: 'review.decided', by: 'reviewer-1', secondBy: null, reasonCode: 'IDENTITY_CONFIRMED', textSha256: 'e'.repeat(64), disputedSeq: null } as const;
const helped = { code: 'R4_ALTERNATIVE_USED', attribution: 'UNKNOWN', effect: 'REVIEW', besides: ['R4_TRY_FAILED', 'R4_TRIES_EXHAUSTED'] } as const;

/** Five tries that do not pass, then a member of the staff in a live video call. */
function withHelp(): Story {
  const story = aSession(calm);
  story.trainee.bursts.push('UNCLEAR', 'UNCLEAR', 'UNCLEAR', 'UNCLEAR', 'UNCLEAR');
  story.joined().timePasses(minutes(4));
  expect([story.state.holds, story.creditedMs]).toEqual([['ALTERNATIVE'], 0]);
  const staff = { kind: 'HUMAN_VIDEO_CHECK', by: 'staff-1' } as const;
  story.happens({ type: 'alternative.opened', ...staff }).timePasses(minutes(3));
  story.happens({ type: 'alternative.decided', ...staff, outcome: 'CONFIRMED', questionRef: 'question-7', photoImageId: null });
  return toTheEnd(story);
}

/** Consent, review and the ways open to people whom a machine fails */
export const people: readonly StoryCase[] = [
  {
    number: 45,
    title: 'twin',
    ends: [{ verdict: 'PENDING_REVIEW', code: 'R4_TWIN_DECLARED', attribution: 'UNKNOWN', effect: 'REVIEW' }],
    tell: () => [aSession({ ...calm, isTwinDeclared: true }).studiesTheLesson()],
  },
  {
    number: 51,
    title: 'elderly trainee fails liveness 5 times',
    ends: [{ verdict: 'PENDING_REVIEW', ...helped }, { verdict: 'VALID', ...helped }],
    tell: () => [withHelp(), withHelp().happens({ ...review, outcome: 'OVERTURNED' })],
    proves: (_waiting, { state }) => {
      const history = state.status === 'closed' ? state.verdictHistory.map(({ verdict, why }) => [verdict, why]) : [];
      expect(history).toEqual([['PENDING_REVIEW', 'FINISHED'], ['VALID', 'OVERTURNED']]);
    },
  },
  {
    number: 52,
    title: 'refuses face consent',
    ends: [{ verdict: 'INCOMPLETE', code: 'CONSENT_REFUSED', attribution: 'TRAINEE_CONDUCT', effect: 'WITHHOLD_INTERVAL' }],
    tell: () => [aSession({ ...calm, consent: 'REFUSED' }).joined().resumes().timePasses(minutes(5))],
    // Not one picture is asked for.
    proves: (story) => expect([story.creditedMs, faceChecksIn(story)]).toEqual([0, []]),
  },
  {
    number: 53,
    title: 'withdraws consent mid-course',
    ends: [
      { verdict: 'INCOMPLETE', code: 'CONSENT_WITHDRAWN', attribution: 'TRAINEE_CONDUCT', effect: 'WITHHOLD_INTERVAL' },
      { verdict: 'VALID', code: 'CONSENT_WITHDRAWN', attribution: 'TRAINEE_CONDUCT', effect: 'RECORD_ONLY' },
    ],
    tell: () => {
      const withdrawn = { type: 'consent.withdrawn', purpose: 'SNAPSHOT_RETENTION' } as const;
      return [
        aSession(calm).begins().plays(minutes(3)).happens(withdrawn).timePasses(minutes(10)),
        // A session that was over before stands.
        aSession(calm).studiesTheLesson().happens(withdrawn),
      ];
    },
    proves: (story) => expect([story.state.holds, story.creditedMs]).toEqual([['CONSENT'], minutes(3)]),
  },
  {
    number: 54,
    title: 'impostor, human-confirmed',
    ends: [{ verdict: 'INVALID', code: 'R4_IMPOSTOR_CONFIRMED', attribution: 'TRAINEE_CONDUCT', effect: 'INVALIDATE_ENROLMENT' }],
    tell: () => {
      const story = aSession({ ...calm, faceChecks: [{ part: 0, atMs: minutes(3) }] }).studiesTheLesson();
      const disputedSeq = 1 + story.journal.findLastIndex(({ type }) => type === 'snapshot.judged');
      return [story.happens({ ...review, outcome: 'IMPOSTOR_CONFIRMED', secondBy: 'reviewer-2', reasonCode: 'ANOTHER_PERSON', disputedSeq })];
    },
    // From the random face check after three minutes on, which nobody disputes.
    proves: ({ state }) => expect(state.findings.at(-1)?.detail['sinceMs']).toBe(minutes(3)),
  },
];
