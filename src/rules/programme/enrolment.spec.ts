import { describe, expect, it } from '@jest/globals';
import type { Policy } from '../policy.js';
import { NANYANG } from '../testing/nanyang-policy.js';
import { type EnrolmentAccount, type EnrolmentFacts, verdictOf } from './enrolment.js';
import { programmeFinding } from './finding.js';
import { type AccountSetup, aFinding, days, minutes, MORNING } from './testing/accounts.js';
import { ASSESSMENT, beforeAssessment, codes, facts, failing, invalidating, judge, LESSONS, sped, studied } from './testing/enrolments.js';

describe('the verdict on an enrolment', () => {
  it('with every lesson studied is valid in every reading, without a finding', () => {
    expect(judge(studied())).toMatchObject({ verdict: { policy: 'VALID', session: 'VALID', classHour: 'VALID', strict: 'VALID' }, countedHours: 48, lostShare: 0, findings: [] });
  });

  it('is the highest in precedence of what was found', () => {
    const all = [programmeFinding('LESSONS_OUTSTANDING', {}), programmeFinding('HOURS_UNDER_REVIEW', {}), programmeFinding('INVALID_SHARE_EXCEEDED', {}), programmeFinding('C01_PLATFORM_NOT_INTEGRATED', {}), programmeFinding('C03_PRIOR_UNASSESSED', {})];
    expect(all.map((_, index) => verdictOf(all.slice(0, index + 1)))).toEqual(['INCOMPLETE', 'PENDING_REVIEW', 'INVALID', 'NOT_RECOGNISED', 'NOT_ELIGIBLE']);
    expect(verdictOf([...all].reverse())).toBe('NOT_ELIGIBLE');
    expect(verdictOf([programmeFinding('PLAN_EXCEEDED', {})])).toBe('VALID');
  });

  it('waits for lessons not studied, also after the assessment', () => {
    expect(judge(studied(47))).toMatchObject({ verdict: { policy: 'INCOMPLETE' }, findings: [{ code: 'LESSONS_OUTSTANDING', detail: { lessons: 1, of: 48 } }] });
    const unfinished = judge(studied(LESSONS, { 7: { verdict: 'INCOMPLETE', closedAt: null, stretches: [{ at: MORNING + days(6), minutes: 10 }] } }));
    expect(unfinished.verdict.policy).toBe('INCOMPLETE');
  });

  it('waits for a person’s review', () => {
    const pending = judge(studied(LESSONS, { 3: { verdict: 'PENDING_REVIEW', findings: [aFinding('R3_POPUP_AUTOMATED')] } }));
    expect(pending).toMatchObject({ verdict: { policy: 'PENDING_REVIEW', strict: 'INVALID' }, countedHours: 47 });
  });

  it('a lesson of 25 minutes alone gives no hour: incomplete until joined', () => {
    const short = (count: number): EnrolmentAccount => judge(
      Array.from({ length: count }, (_, index) => ({ lessonPosition: index + 1, stretches: [{ at: MORNING + minutes(index * 30), minutes: 25 }] })),
      facts(count, { lessons: facts(count).lessons.map((lesson) => ({ ...lesson, durationMs: minutes(25) })) }),
    );
    expect(codes(short(1))).toEqual(['HOURS_OUTSTANDING INCOMPLETE', 'C13_SHORT_HOUR INCOMPLETE']);
    expect(short(1).verdict.policy).toBe('INCOMPLETE');
    expect(short(2)).toMatchObject({ verdict: { policy: 'VALID' }, countedHours: 1 });
    expect(codes(short(2))).toEqual(['C13_SHORT_HOUR NOT_COUNTED']);
  });

  it('strictly read, one finding in any attempt voids it; prevented attempts never do', () => {
    expect(judge(studied(LESSONS, { 9: { findings: [aFinding('R1_ATTEMPT_BLOCKED')] } })).verdict.strict).toBe('VALID');
    const madeUp = [...studied(LESSONS, { 1: sped }), { lessonPosition: 1, attempt: 2, openedAt: MORNING + days(60) }];
    const consent = { lessonId: 'lesson-1', reason: '补课', approvedBy: '宛城区人社局', approvedAt: MORNING + days(59) };
    expect(judge(madeUp, facts(LESSONS, { makeupConsents: [consent] })).verdict).toMatchObject({ policy: 'VALID', strict: 'INVALID' });
  });

  it('an impostor confirmed in any session voids it', () => {
    const impostor = judge(studied(LESSONS, { 48: { verdict: 'INVALID', findings: [aFinding('R4_IMPOSTOR_CONFIRMED', [[0, 40]], { effect: 'INVALIDATE_ENROLMENT' })] } }));
    expect(impostor.verdict.policy).toBe('INVALID');
    expect(codes(impostor)).toContain('ENROLMENT_VOIDED INVALIDATE_ENROLMENT');
  });
});

describe('the invalid share', () => {
  it('of 9 in 48 stands, of 10 in 48 does not', () => {
    expect(judge(studied(LESSONS, failing(9)))).toMatchObject({ verdict: { policy: 'VALID', strict: 'INVALID' }, countedHours: 39, lostShare: 0.1875 });
    const over = judge(studied(LESSONS, failing(10)));
    expect(over.verdict.policy).toBe('INVALID');
    expect(codes(over)).toContain('INVALID_SHARE_EXCEEDED INVALIDATE_ENROLMENT');
  });

  it('of exactly a fifth stands', () => {
    expect(judge(studied(50, failing(10)), facts(50))).toMatchObject({ verdict: { policy: 'VALID' }, lostShare: 0.2 });
  });

  it('can be made up until the final assessment begins', () => {
    const before = judge(studied(LESSONS, failing(10)), facts(LESSONS, beforeAssessment));
    expect(before.verdict.policy).toBe('INCOMPLETE');
    expect(before.findings.filter(({ code }) => code === 'MAKEUP_REQUIRED')).toHaveLength(10);
    expect(judge(studied(LESSONS, failing(10)), facts(LESSONS, { asOf: ASSESSMENT })).verdict.policy).toBe('INVALID');
    expect(judge(studied(LESSONS, failing(10)), facts(LESSONS, { finalAssessmentAt: null })).verdict.policy).toBe('INCOMPLETE');
  });

  it('counts a session that failed early for the whole of its lesson', () => {
    const early: AccountSetup = { verdict: 'INVALID', findings: [aFinding('R1_RATE_EXCEEDED')], stretches: [] };
    const ten = Object.fromEntries(Object.keys(failing(10)).map((position) => [position, early]));
    expect(judge(studied(LESSONS, ten))).toMatchObject({ verdict: { policy: 'INVALID' }, lostShare: 10 / 48 });
  });

  it('is not recognised where the hours are not', () => {
    const changed: AccountSetup = { verdict: 'NOT_RECOGNISED' };
    const ten = Object.fromEntries(Object.keys(failing(10)).map((position) => [position, changed]));
    expect(judge(studied(LESSONS, ten)).verdict.policy).toBe('NOT_RECOGNISED');
    expect(judge(studied(LESSONS, { 1: changed }))).toMatchObject({ verdict: { policy: 'VALID' }, countedHours: 47 });
  });

  it('under CLASS_HOUR is that of the hours the findings overlap', () => {
    const byHour = invalidating({ scope: 'CLASS_HOUR' });
    const long = { verdict: 'VALID', findings: [aFinding('R3_POPUP_GAP', [[90, 95]], { effect: 'INVALIDATE_CLASS_HOUR' })], stretches: [{ at: MORNING, minutes: 120 }] } as const;
    const about = (changes: Partial<EnrolmentFacts>): EnrolmentFacts => facts(1, { lessons: [{ lessonId: 'lesson-1', position: 1, durationMs: minutes(120) }], ...changes });
    expect(judge([long], about({}), byHour)).toMatchObject({ verdict: { policy: 'INVALID' }, countedHours: 2 });
    const before = judge([long], about(beforeAssessment), byHour);
    expect(before.verdict.policy).toBe('INCOMPLETE');
    expect(codes(before)).toEqual(['MAKEUP_REQUIRED INCOMPLETE']);
  });
});

describe('making up (C-24)', () => {
  const START = MORNING + days(60);
  const again: AccountSetup = { lessonPosition: 1, attempt: 2, openedAt: START };
  const consentAt = (approvedAt: number): Partial<EnrolmentFacts> => ({ makeupConsents: [{ lessonId: 'lesson-1', reason: '生病', approvedBy: '宛城区人社局', approvedAt }] });
  const madeUp = (changes: Partial<EnrolmentFacts>, first: AccountSetup = sped, second = again, policy = NANYANG): EnrolmentAccount =>
    judge([...studied(2, { 1: first }), second], facts(2, changes), policy);

  it('counts with consent given before it began', () => {
    expect(madeUp(consentAt(START))).toMatchObject({ verdict: { policy: 'VALID' }, countedHours: 2 });
  });

  it('does not count without, or with consent that came later or for another lesson', () => {
    for (const changes of [{}, consentAt(START + 1), { makeupConsents: [{ ...consentAt(START).makeupConsents![0]!, lessonId: 'lesson-2' }] }]) {
      const refused = madeUp(changes);
      expect(refused).toMatchObject({ verdict: { policy: 'INVALID' }, countedHours: 1 });
      expect(codes(refused)).toContain('C24_MAKEUP_UNAPPROVED NOT_COUNTED');
    }
  });

  it('of a valid session with void hours is one like any other', () => {
    const byHour = invalidating({ scope: 'CLASS_HOUR' });
    const holed: AccountSetup = { verdict: 'VALID', findings: [aFinding('R3_POPUP_GAP', [[0, 5]], { effect: 'INVALIDATE_CLASS_HOUR' })] };
    expect(madeUp({}, holed, again, byHour)).toMatchObject({ verdict: { policy: 'INVALID' }, countedHours: 1 });
    expect(madeUp(consentAt(START), holed, again, byHour)).toMatchObject({ verdict: { policy: 'VALID' }, countedHours: 2 });
  });

  it('needs no consent for what the environment caused, or where the policy asks for none', () => {
    const outage: AccountSetup = { verdict: 'INVALID', findings: [aFinding('R6_NO_SNAPSHOT', [[0, 40]], { attribution: 'ENVIRONMENT' })] };
    expect(madeUp({}, outage).verdict.policy).toBe('VALID');
    expect(madeUp({}, sped, again, { ...NANYANG, makeup: { ...NANYANG.makeup, approval: 'NONE' } }).verdict.policy).toBe('VALID');
  });

  it('has to end before the final assessment begins', () => {
    const ending = (closedAt: number): EnrolmentAccount => madeUp(consentAt(START), sped, { ...again, closedAt });
    expect(ending(ASSESSMENT - 1).verdict.policy).toBe('VALID');
    expect(codes(ending(ASSESSMENT))).toContain('C24_MAKEUP_TOO_LATE NOT_COUNTED');
    expect(ending(ASSESSMENT).verdict.policy).toBe('INVALID');
  });

  it('brings no more than the plan', () => {
    expect(judge(studied(3), facts(3, { plannedHours: 2 }))).toMatchObject({ countedHours: 2, verdict: { policy: 'VALID' }, findings: [{ code: 'PLAN_EXCEEDED', effect: 'NOT_COUNTED' }] });
  });
});

describe('plan, platform and person', () => {
  it('fewer hours than planned are incomplete', () => {
    expect(codes(judge(studied(3), facts(3, { plannedHours: 4 })))).toEqual(['HOURS_OUTSTANDING INCOMPLETE']);
    expect(judge(studied(3), facts(3, { plannedHours: 3 })).verdict.policy).toBe('VALID');
  });

  it('online hours beyond the cap are not counted, the rest stands', () => {
    const plan = { totalMinutes: 200, theoryMinutes: 120, onlineMinutes: 120 };
    expect(judge(studied(3), facts(3, { plan, occupation: '6-31-01-03' }))).toMatchObject({ countedHours: 2, verdict: { policy: 'VALID' }, findings: [{ code: 'C14_ONLINE_CAP_EXCEEDED', effect: 'NOT_COUNTED', detail: { capHours: 2 } }] });
  });

  it('study outside the platform’s registration is not recognised', () => {
    const registrations = [{ fromOn: '2022-03-01', toOn: '2022-03-29' }] as const;
    expect(judge(studied(2), facts(2, { registrations })).verdict.policy).toBe('VALID');
    expect(judge(studied(3), facts(3, { registrations })).findings).toMatchObject([{ code: 'C01_PLATFORM_NOT_INTEGRATED', detail: { on: '2022-03-30' } }]);
  });

  it('a trainee barred by the training before is not eligible, whatever was studied', () => {
    const priors = [{ ref: 'earlier', assessmentEndedOn: '2022-02-28', isClosed: false }] as const;
    expect(judge(studied(2), facts(2, { priors, openOn: '2022-03-28' })).verdict).toEqual({ policy: 'NOT_ELIGIBLE', session: 'NOT_ELIGIBLE', classHour: 'NOT_ELIGIBLE', strict: 'NOT_ELIGIBLE' });
    expect(judge(studied(2), facts(2, { priors, openOn: '2022-03-29' })).verdict.policy).toBe('VALID');
    expect(judge(studied(2), facts(2, { priors, openOn: null })).verdict.policy).toBe('VALID');
  });

  it('a required test is asked for', () => {
    const tested: Policy = { ...NANYANG, completion: { ...NANYANG.completion, requireTest: true } };
    expect(codes(judge(studied(2), facts(2), tested))).toEqual(['TEST_OUTSTANDING INCOMPLETE']);
    expect(judge(studied(2), facts(2, { isTestPassed: true }), tested).verdict.policy).toBe('VALID');
  });

  it('so many minutes within so many days, where the policy asks for that', () => {
    const within: Policy = { ...NANYANG, session: { totalMinutes: 30, withinDays: 3 } };
    const daily = (length: number, gap: number): EnrolmentAccount => judge(
      [0, 1, 2].map((index) => ({ lessonPosition: index + 1, stretches: [{ at: MORNING + days(index * gap), minutes: length }] })),
      facts(3, { lessons: facts(3).lessons.map((lesson) => ({ ...lesson, durationMs: minutes(length) })) }),
      within,
    );
    expect(daily(10, 1).verdict.policy).toBe('VALID');
    expect(daily(9, 1).findings[0]).toMatchObject({ code: 'STUDY_WINDOW_MISSED', detail: { bestMs: minutes(27) } });
    expect(daily(10, 2).findings[0]).toMatchObject({ code: 'STUDY_WINDOW_MISSED', detail: { bestMs: minutes(20) } });
  });

  it('nine missed checks of 48 stand, ten do not, and more when more were issued', () => {
    const nine = invalidating({ maxMissedChecks: 9, ofChecks: 48 });
    const missing = (issued: number, missed: number): EnrolmentAccount => judge(studied(2, { 1: { checks: { issued, missed } } }), facts(2), nine);
    expect(missing(48, 9).verdict.policy).toBe('VALID');
    expect(missing(48, 10).verdict.policy).toBe('INVALID');
    expect(missing(10, 9).verdict.policy).toBe('VALID');
    expect(missing(96, 18).verdict.policy).toBe('VALID');
    expect(missing(96, 19).verdict.policy).toBe('INVALID');
  });
});
