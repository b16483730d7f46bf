/** What is lost of an enrolment, of how much, and what has to be made up for it. */
import { describe, expect, it } from '@jest/globals';
import type { EnrolmentAccount } from './enrolment.js';
import { type AccountSetup, aFinding, days, minutes, MORNING } from './testing/accounts.js';
import { ASSESSMENT, beforeAssessment, codes, facts, failing, invalidating, judge, LESSONS, sped, studied } from './testing/enrolments.js';

const BY_HOUR = invalidating({ scope: 'CLASS_HOUR' });
const early: AccountSetup = { verdict: 'INVALID', findings: [aFinding('R1_RATE_EXCEEDED')], stretches: [] };
const hole = (from: number, to: number) => aFinding('R3_POPUP_GAP', [[from, to]], { effect: 'INVALIDATE_CLASS_HOUR' });
const lessonsOf = (...lengths: readonly number[]) => lengths.map((length, index) => ({ lessonId: `lesson-${index + 1}`, position: index + 1, durationMs: minutes(length) }));

describe('the lost share', () => {
  it('is told with what it was measured against', () => {
    expect(judge(studied(LESSONS, failing(10))).findings).toMatchObject([
      { code: 'INVALID_SHARE_EXCEEDED', detail: { lostMs: minutes(400), lostShare: 10 / 48, maxInvalidShare: 0.2 } },
    ]);
  });

  it('has no limit where the policy sets none', () => {
    expect(judge(studied(LESSONS, failing(10)), facts(), invalidating({ maxInvalidShare: null }))).toMatchObject({ verdict: { policy: 'VALID' }, countedHours: 38, findings: [] });
  });

  it('is over its limit by more than a millisecond, which is arithmetic', () => {
    const over = (ms: number): string => {
      const lessons = facts(50).lessons.map((lesson, index) => (index === 0 ? { ...lesson, durationMs: lesson.durationMs + ms } : lesson));
      return judge(studied(50, failing(10)), facts(50, { lessons, plannedHours: 50 })).verdict.policy;
    };
    expect([over(1), over(2)]).toEqual(['VALID', 'INVALID']);
  });

  it('is of the planned hours where there is a plan, else of the syllabus', () => {
    expect(judge(studied(4, { 1: sped }), facts(4, { plannedHours: 8 })).lostShare).toBe(1 / 8);
    expect(judge(studied(4, { 1: sped }), facts(4)).lostShare).toBe(1 / 4);
    expect(judge(studied(4, { 1: sped, 2: sped }), facts(4, { plannedHours: 1 })).lostShare).toBe(1);
  });

  it('is none of an enrolment without lessons', () => {
    expect(judge([], facts(0))).toMatchObject({ lostShare: 0, verdict: { policy: 'INCOMPLETE' } });
  });

  it('holds the length of the lesson that failed, not of another one', () => {
    const about = facts(3, { lessons: lessonsOf(40, 120, 40) });
    expect(judge(studied(3, { 2: early }), about).lostShare).toBe(0.6);
    expect(judge(studied(3, { 3: early }), about).lostShare).toBe(0.2);
  });

  it('of a lesson that the syllabus no longer has is what was credited of it', () => {
    expect(judge([...studied(4), { ...early, lessonPosition: 5 }], facts(4)).lostShare).toBe(0);
    expect(judge([...studied(4), { ...sped, lessonPosition: 5, openedAt: MORNING + days(4) }], facts(4)).lostShare).toBe(0.25);
  });

  it('holds nothing of a lesson that can go on', () => {
    const open: AccountSetup = { verdict: 'INCOMPLETE', closedAt: null, stretches: [{ at: MORNING, minutes: 10 }] };
    expect(judge(studied(2, { 1: open }), facts(2)).lostShare).toBe(0);
  });

  it('holds nothing of an attempt that another one replaced', () => {
    const environment: AccountSetup = { ...early, findings: [aFinding('R6_NO_SNAPSHOT', [], { attribution: 'ENVIRONMENT' })] };
    const madeUp = judge([...studied(2, { 1: environment }), { attempt: 2, openedAt: MORNING + days(60) }], facts(2));
    expect(madeUp).toMatchObject({ lostShare: 0, findings: [], countedHours: 2 });
  });

  it('too large is not recognised when any of it is not', () => {
    const changed: AccountSetup = { verdict: 'NOT_RECOGNISED', findings: [aFinding('C11_VIDEO_NOT_APPROVED', [[0, 40]])] };
    expect(judge(studied(4, { 1: sped, 2: changed }), facts(4)).verdict).toEqual({ policy: 'NOT_RECOGNISED', session: 'NOT_RECOGNISED', classHour: 'NOT_RECOGNISED', strict: 'NOT_RECOGNISED' });
    expect(codes(judge(studied(4, { 1: sped, 2: sped }), facts(4)))).toEqual(['INVALID_SHARE_EXCEEDED INVALIDATE_ENROLMENT']);
  });

  it('is another one in the readings by session and by hour', () => {
    const long = (hours: number): unknown =>
      judge([{ verdict: 'INVALID', findings: [aFinding('R3_POPUP_GAP', [[5, 10]])], stretches: [{ at: MORNING, minutes: hours * 40 }] }], facts(1, { lessons: lessonsOf(hours * 40) })).verdict;
    expect(long(5)).toEqual({ policy: 'INVALID', session: 'INVALID', classHour: 'VALID', strict: 'INVALID' });
    expect(long(3)).toEqual({ policy: 'INVALID', session: 'INVALID', classHour: 'INVALID', strict: 'INVALID' });
  });
});

describe('what has to be made up', () => {
  const required = ({ findings }: EnrolmentAccount): readonly unknown[] => findings.filter(({ code }) => code === 'MAKEUP_REQUIRED').map(({ detail }) => detail['lessonId']);

  it('stands open beside a valid enrolment while the share is within its limit', () => {
    const one = judge(studied(LESSONS, { 7: sped }), facts(LESSONS, beforeAssessment));
    expect(one.verdict.policy).toBe('VALID');
    expect(one.findings).toMatchObject([{ code: 'MAKEUP_REQUIRED', effect: 'NOT_COUNTED', detail: { lessonId: 'lesson-7', sessionId: 'enrolment-1/lesson-7/1', verdict: 'INVALID' } }]);
  });

  it('is past with the final assessment', () => {
    expect(judge(studied(LESSONS, { 7: sped }), facts(LESSONS, { asOf: ASSESSMENT })).findings).toEqual([]);
  });

  it('is each valid session with a void hour, not only one of several', () => {
    const holed: AccountSetup = { findings: [hole(0, 5), aFinding('R1_ATTEMPT_BLOCKED')] };
    expect(required(judge(studied(5, { 2: holed, 4: holed }), facts(5, beforeAssessment), BY_HOUR))).toEqual(['lesson-2', 'lesson-4']);
  });

  it('is the session whose finding voids an hour, not the other one of which the hour is made', () => {
    const halves = [
      { stretches: [{ at: MORNING, minutes: 20 }], findings: [hole(0, 5)] },
      { lessonPosition: 2, stretches: [{ at: MORNING + minutes(20), minutes: 20 }], findings: [aFinding('R1_ATTEMPT_BLOCKED')] },
    ];
    expect(required(judge(halves, facts(2, { lessons: lessonsOf(20, 20), ...beforeAssessment }), BY_HOUR))).toEqual(['lesson-1']);
  });

  it('is not a session whose void credit came to no hour', () => {
    const setups = [
      { stretches: [{ at: MORNING, minutes: 40 }], findings: [hole(0, 5)] },
      { lessonPosition: 2, stretches: [{ at: MORNING + days(1), minutes: 50 }], findings: [hole(42, 45)] },
    ];
    expect(required(judge(setups, facts(2, { lessons: lessonsOf(40, 50), ...beforeAssessment }), BY_HOUR))).toEqual(['lesson-1']);
  });
});

describe('hours outstanding', () => {
  const outstanding = (setups: readonly AccountSetup[], planned: number): readonly unknown[] =>
    judge(setups, facts(setups.length, { plannedHours: planned })).findings.filter(({ code }) => code === 'HOURS_OUTSTANDING').map(({ detail }) => detail);

  it('are told with the plan', () => {
    expect(outstanding(studied(3), 4)).toEqual([{ validHours: 3, plannedHours: 4 }]);
    expect(outstanding(studied(3), 3)).toEqual([]);
  });

  it('are not those that failed, whole or before they were reached', () => {
    expect(outstanding(studied(2, { 2: sped }), 2)).toEqual([]);
    expect(outstanding(studied(2, { 2: early }), 2)).toEqual([]);
  });

  it('are those beside the ones that failed', () => {
    expect(outstanding(studied(2, { 2: sped }), 3)).toEqual([{ validHours: 1, plannedHours: 3 }]);
    expect(outstanding(studied(3, { 3: early }), 3)).toEqual([]);
    expect(outstanding(studied(3, { 3: early }), 4)).toEqual([{ validHours: 2, plannedHours: 4 }]);
  });

  it('are those of a session that is not finished', () => {
    const open: AccountSetup = { verdict: 'INCOMPLETE', closedAt: null };
    expect(codes(judge([open], facts(1)))).toEqual(['LESSONS_OUTSTANDING INCOMPLETE', 'HOURS_OUTSTANDING INCOMPLETE']);
    expect(outstanding(studied(3, { 3: open }), 3)).toEqual([{ validHours: 2, plannedHours: 3 }]);
  });
});
