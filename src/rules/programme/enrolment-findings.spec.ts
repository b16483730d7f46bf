/** What an enrolment’s verdict rests on: findings from its sessions, its checks, its reviews, its plan. */
import { describe, expect, it } from '@jest/globals';
import type { Policy } from '../policy.js';
import { NANYANG } from '../testing/nanyang-policy.js';
import type { EnrolmentAccount, EnrolmentFacts } from './enrolment.js';
import { type AccountSetup, aFinding, days, minutes, MORNING } from './testing/accounts.js';
import { codes, facts, invalidating, judge, sped, studied } from './testing/enrolments.js';

const impostor: AccountSetup = { verdict: 'INVALID', findings: [aFinding('R4_TRY_FAILED'), aFinding('R4_IMPOSTOR_CONFIRMED', [[0, 40]])] };

describe('a fact that voids the whole training', () => {
  it('is told with its session', () => {
    const { findings } = judge(studied(6, { 6: impostor }), facts(6));
    expect(findings.map(({ code, detail }) => ({ code, detail }))).toEqual([{ code: 'ENROLMENT_VOIDED', detail: { sessionId: 'enrolment-1/lesson-6/1', code: 'R4_IMPOSTOR_CONFIRMED' } }]);
  });

  it('voids nothing once people have cleared the session of it', () => {
    const cleared = { verdict: 'VALID', findings: [aFinding('R4_IMPOSTOR_CONFIRMED')] } as const;
    expect(judge(studied(6, { 6: cleared }), facts(6))).toMatchObject({ verdict: { policy: 'VALID', strict: 'VALID' }, findings: [] });
  });

  it('voids no other training of the same person', () => {
    const elsewhere: AccountSetup = { ...impostor, enrolmentId: 'enrolment-2', openedAt: MORNING + days(20) };
    expect(judge([...studied(6), elsewhere], facts(6))).toMatchObject({ verdict: { policy: 'VALID', strict: 'VALID' }, findings: [] });
  });
});

describe('what awaits a person', () => {
  const reviews = (setups: readonly AccountSetup[], about: EnrolmentFacts): readonly unknown[] => judge(setups, about).findings.filter(({ code }) => code === 'HOURS_UNDER_REVIEW').map(({ detail }) => detail);

  it('is counted in hours and sessions', () => {
    const pending: AccountSetup = { verdict: 'PENDING_REVIEW', findings: [aFinding('R3_POPUP_AUTOMATED')] };
    expect(reviews(studied(3, { 1: pending, 2: { ...pending, stretches: [] } }), facts(3))).toEqual([{ hours: 1, sessions: 2 }]);
    expect(reviews([{ ...pending, stretches: [] }], facts(1))).toEqual([{ hours: 0, sessions: 1 }]);
    expect(reviews(studied(3), facts(3))).toEqual([]);
  });

  it('is credit earned in two places at once, and the hour it lies in', () => {
    const elsewhere: AccountSetup = { enrolmentId: 'enrolment-2', openedAt: MORNING + days(1) + minutes(30) };
    const doubtful = judge([...studied(2), elsewhere], facts(2));
    expect(codes(doubtful)).toEqual(['R2_CREDIT_OVERLAP REVIEW', 'HOURS_UNDER_REVIEW REVIEW']);
    expect(doubtful).toMatchObject({ verdict: { policy: 'PENDING_REVIEW', session: 'PENDING_REVIEW', classHour: 'PENDING_REVIEW', strict: 'PENDING_REVIEW' }, countedHours: 1 });
    expect(doubtful.findings[1]?.detail).toEqual({ hours: 1, sessions: 0 });
  });

  it('is listed once beside a remainder that earned no hour', () => {
    const elsewhere: AccountSetup = { enrolmentId: 'enrolment-2', openedAt: MORNING + minutes(45) };
    const long: AccountSetup = { stretches: [{ at: MORNING, minutes: 50 }] };
    expect(codes(judge([long, elsewhere], facts(1)))).toEqual(['R2_CREDIT_OVERLAP REVIEW', 'C13_SHORT_HOUR NOT_COUNTED']);
  });
});

describe('missed checks', () => {
  const missing = (missed: number, policy: Policy): EnrolmentAccount => judge(studied(2, { 1: { checks: { issued: 48, missed } } }), facts(2), policy);

  it('are told with how many were issued and how many may be missed', () => {
    const nine = invalidating({ maxMissedChecks: 9, ofChecks: 48 });
    expect(missing(9, nine).findings).toEqual([]);
    expect(missing(10, nine).findings).toMatchObject([{ code: 'MISSED_CHECKS_EXCEEDED', detail: { issued: 48, missed: 10, maxMissedChecks: 9, ofChecks: 48 } }]);
  });

  it('have no limit where the policy does not state it in full', () => {
    expect(missing(48, NANYANG).findings).toEqual([]);
    expect(missing(48, invalidating({ maxMissedChecks: null, ofChecks: 48 })).findings).toEqual([]);
    expect(missing(48, invalidating({ maxMissedChecks: 9, ofChecks: null })).findings).toEqual([]);
  });

  it('are not those of an attempt that another one replaced', () => {
    const none = invalidating({ maxMissedChecks: 0, ofChecks: 1 });
    const outage: AccountSetup = { verdict: 'INVALID', findings: [aFinding('R6_NO_SNAPSHOT', [[0, 40]], { attribution: 'ENVIRONMENT' })], checks: { issued: 3, missed: 1 } };
    expect(judge([...studied(2, { 1: outage }), { attempt: 2, openedAt: MORNING + days(60) }], facts(2), none).findings).toEqual([]);
    expect(codes(judge(studied(2, { 1: { checks: { issued: 3, missed: 1 } } }), facts(2), none))).toEqual(['MISSED_CHECKS_EXCEEDED INVALIDATE_ENROLMENT']);
  });
});

describe('minutes of study within days', () => {
  const asking = (totalMinutes: number | null, withinDays: number | null): Policy => ({ ...NANYANG, session: { totalMinutes, withinDays } });
  const missed = (setups: readonly AccountSetup[], policy: Policy): readonly unknown[] =>
    judge(setups, facts(setups.length), policy).findings.filter(({ code }) => code === 'STUDY_WINDOW_MISSED').map(({ detail }) => detail);

  it('begin with any day of study, and the last day is the one before as many have passed', () => {
    const apart = (gap: number): AccountSetup[] => [0, gap].map((day, index) => ({ lessonPosition: index + 1, openedAt: MORNING + days(day) }));
    expect(missed(apart(2), asking(80, 3))).toEqual([]);
    expect(missed(apart(3), asking(80, 3))).toEqual([{ bestMs: minutes(40), totalMinutes: 80, withinDays: 3 }]);
  });

  it('are added up over the stretches of a lesson', () => {
    const inParts: AccountSetup = { stretches: [{ at: MORNING, minutes: 10 }, { at: MORNING + minutes(20), minutes: 30 }] };
    expect(missed([inParts], asking(41, 3))).toEqual([{ bestMs: minutes(40), totalMinutes: 41, withinDays: 3 }]);
    expect(missed([inParts], asking(40, 3))).toEqual([]);
  });

  it('are those of valid sessions only', () => {
    expect(missed(studied(3, { 2: sped }), asking(120, 3))).toEqual([{ bestMs: minutes(80), totalMinutes: 120, withinDays: 3 }]);
  });

  it('are not asked for where the policy does not state both', () => {
    expect(missed([], asking(30, null))).toEqual([]);
    expect(missed([], asking(null, 3))).toEqual([]);
  });
});

describe('hours that may be claimed', () => {
  const plan = { totalMinutes: 200, theoryMinutes: 160, onlineMinutes: 160 };
  const EXEMPTING: Policy = { ...NANYANG, online: { ...NANYANG.online, exemptOccupations: ['6-31-01-03'] } };
  const claimed = (count: number, changes: Partial<EnrolmentFacts>, policy = NANYANG): readonly unknown[] => {
    const { countedHours, findings } = judge(studied(count), facts(count, changes), policy);
    return [countedHours, ...findings.map(({ code, detail }) => ({ code, detail }))];
  };

  it('are as many as planned; what goes beyond is told', () => {
    expect(claimed(3, { plannedHours: 3 })).toEqual([3]);
    expect(claimed(3, { plannedHours: 2 })).toEqual([2, { code: 'PLAN_EXCEEDED', detail: { validHours: 3, plannedHours: 2 } }]);
  });

  it('are as many as the online cap leaves, of an occupation known or not', () => {
    expect(claimed(2, { plan })).toEqual([2]);
    expect(claimed(3, { plan })).toEqual([2, { code: 'C14_ONLINE_CAP_EXCEEDED', detail: { validHours: 3, capHours: 2, maxShare: 0.4 } }]);
    expect(claimed(3, { plan, occupation: '6-31-01-03' })).toEqual([2, { code: 'C14_ONLINE_CAP_EXCEEDED', detail: { validHours: 3, capHours: 2, maxShare: 0.4 } }]);
  });

  it('are as many as the theory has for an occupation exempt from the cap', () => {
    expect(claimed(4, { plan, occupation: '6-31-01-03' }, EXEMPTING)).toEqual([4]);
    expect(claimed(4, { plan, occupation: '6-31-01-04' }, EXEMPTING)).toEqual([2, { code: 'C14_ONLINE_CAP_EXCEEDED', detail: { validHours: 4, capHours: 2, maxShare: 0.4 } }]);
    expect(claimed(4, { plan, occupation: null }, EXEMPTING)[0]).toBe(2);
  });
});
