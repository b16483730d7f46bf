import { expect } from '@jest/globals';
import { accountOf, type SessionAccount } from '../account.js';
import { checkMaterial } from '../programme/eligibility.js';
import { type EnrolmentAccount, judgeEnrolment } from '../programme/enrolment.js';
import { hours, minutes } from '../programme/testing/accounts.js';
import { MORNING } from '../testing/opening.js';
import { NANYANG } from '../testing/nanyang-policy.js';
import { aSession } from '../testing/story.js';
import type { ProgrammeCase } from './golden-case.js';

const LESSON_MS = minutes(25);

/** A lesson of 25 minutes, studied as an attentive trainee does. */
function studied(position: number): SessionAccount {
  const lesson = { lessonId: `lesson-${position}`, position, title: '课', durationMs: LESSON_MS, videoSha256: 'a'.repeat(64) };
  const story = aSession({ at: MORNING + hours(position), sessionId: `session-${position}`, lesson, predecessors: [] }).studiesTheLesson();
  return accountOf(story.state);
}

const judged = (...positions: readonly number[]): EnrolmentAccount =>
  judgeEnrolment(
    {
      enrolmentId: 'enrolment-1',
      lessons: positions.map((position) => ({ lessonId: `lesson-${position}`, position, durationMs: LESSON_MS })),
      asOf: MORNING + hours(24),
      finalAssessmentAt: null,
      plannedHours: 1,
      plan: null,
      occupation: null,
      openOn: null,
      priors: [],
      registrations: null,
      makeupConsents: [],
      isTestPassed: false,
    },
    positions.map(studied),
    NANYANG,
  );

/** Class hours and the material for them */
export const programme: readonly ProgrammeCase[] = [
  {
    number: 33,
    title: 'lesson 25 min alone',
    ends: { verdict: 'INCOMPLETE', code: 'C13_SHORT_HOUR', effect: 'INCOMPLETE' },
    judge: () => {
      const { verdict, findings, ledger } = judged(1);
      return { verdict: verdict.policy, findings: [...findings, ...ledger.findings] };
    },
    proves: () => {
      expect(judged(1).ledger.hours).toEqual([]);
      const { verdict, ledger } = judged(1, 2);
      expect(verdict.policy).toBe('VALID');
      expect(ledger.hours.map(({ pieces }) => [...new Set(pieces.map(({ sessionId }) => sessionId))])).toEqual([['session-1', 'session-2']]);
    },
  },
  {
    number: 34,
    title: 'claimed 20 hours, videos total 10 h',
    ends: { verdict: 'BLOCK_OPENING', code: 'C13_MATERIAL_TOO_SHORT', effect: 'BLOCK_OPENING' },
    judge: () => {
      const findings = checkMaterial(20, hours(10), NANYANG);
      return { verdict: findings.length > 0 ? 'BLOCK_OPENING' : 'VALID', findings };
    },
    proves: () => expect(checkMaterial(15, hours(10), NANYANG)).toEqual([]),
  },
];
