import { describe, expect, it } from '@jest/globals';
import { chooseAttempts, isSettled } from './attempts.js';
import { type AccountSetup, aFinding, anAccount, days, MORNING } from './testing/accounts.js';

const NOBODY: ReadonlySet<string> = new Set();
const hole = aFinding('R3_POPUP_GAP', [[0, 5]], { effect: 'INVALIDATE_CLASS_HOUR' });

describe('the list of attempts', () => {
  const rows = (setups: readonly AccountSetup[]): readonly string[] =>
    chooseAttempts(setups.map(anAccount), NOBODY).rows.map(({ sessionId, use }) => `${sessionId} ${use}`);

  it('goes by place of the lesson, enrolment and number, in whatever order the sessions come', () => {
    const setups: readonly AccountSetup[] = [
      { lessonPosition: 10 },
      { lessonPosition: 2, attempt: 2, enrolmentId: 'enrolment-2' },
      { lessonPosition: 2, attempt: 1, verdict: 'INVALID', enrolmentId: 'enrolment-2' },
      { lessonPosition: 2, attempt: 3 },
      { lessonPosition: 2, attempt: 1, verdict: 'INVALID' },
      { lessonPosition: 2, attempt: 2, verdict: 'INVALID' },
    ];
    const listed = [
      'enrolment-1/lesson-2/1 SUPERSEDED',
      'enrolment-1/lesson-2/2 SUPERSEDED',
      'enrolment-1/lesson-2/3 COUNTED',
      'enrolment-2/lesson-2/1 SUPERSEDED',
      'enrolment-2/lesson-2/2 COUNTED',
      'enrolment-1/lesson-10/1 COUNTED',
    ];
    expect(rows(setups)).toEqual(listed);
    expect(rows([...setups].reverse())).toEqual(listed);
  });

  it('keeps what was credited and found of an attempt that does not count', () => {
    const setups: readonly AccountSetup[] = [{ lessonPosition: 3, verdict: 'INVALID', stretches: [{ at: MORNING, minutes: 12 }] }, { lessonPosition: 3, attempt: 2, openedAt: MORNING + days(1) }];
    expect(chooseAttempts(setups.map(anAccount), NOBODY).rows[0]).toEqual({
      sessionId: 'enrolment-1/lesson-3/1',
      enrolmentId: 'enrolment-1',
      lessonId: 'lesson-3',
      lessonPosition: 3,
      attempt: 1,
      verdict: 'INVALID',
      creditedMs: 720_000,
      use: 'SUPERSEDED',
    });
  });
});

describe('an attempt is settled', () => {
  it('when it is valid, also with findings that take no credit', () => {
    expect(isSettled(anAccount())).toBe(true);
    expect(isSettled(anAccount({ findings: [aFinding('R1_ATTEMPT_BLOCKED'), aFinding('R3_MISSED')] }))).toBe(true);
  });

  it('not while a finding takes of its credit, beside others that do not', () => {
    expect(isSettled(anAccount({ findings: [hole] }))).toBe(false);
    expect(isSettled(anAccount({ findings: [aFinding('R1_ATTEMPT_BLOCKED'), hole] }))).toBe(false);
  });

  it.each(['INVALID', 'NOT_RECOGNISED', 'PENDING_REVIEW', 'INCOMPLETE'] as const)('not as %s, without any finding', (verdict) => {
    expect(isSettled(anAccount({ verdict }))).toBe(false);
  });
});
