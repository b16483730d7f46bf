import { describe, expect, it } from '@jest/globals';
import type { Policy } from '../policy.js';
import { NANYANG } from '../testing/nanyang-policy.js';
import { type ClassHour, classHourLedger, type ClassHourLedger } from './class-hours.js';
import { type AccountSetup, aFinding, anAccount, days, hours, minutes, MORNING } from './testing/accounts.js';

const LIAONING: Policy = { ...NANYANG, id: 'cn-liaoning-2023', classHour: { ...NANYANG.classHour, minMinutes: 45 } };
const scoped = (scope: Policy['invalidation']['scope']): Policy => ({ ...NANYANG, invalidation: { ...NANYANG.invalidation, scope } });

const ledgerOf = (setups: readonly AccountSetup[], policy: Policy = NANYANG): ClassHourLedger => classHourLedger('enrolment-1', setups.map(anAccount), policy);
const shape = ({ pieces }: ClassHour): string => pieces.map(({ lessonId, fromMs, toMs }) => `${lessonId} ${fromMs / 60_000}–${toMs / 60_000}`).join(', ');
const codes = (ledger: ClassHourLedger): readonly string[] => ledger.findings.map(({ code, effect }) => `${code} ${effect}`);
/** Lessons one after another, a break of five minutes between them. */
const inARow = (...lengths: readonly number[]): AccountSetup[] => {
  let at = MORNING;
  return lengths.map((length, index) => {
    const setup = { lessonPosition: index + 1, stretches: [{ at, minutes: length }] };
    at += minutes(length + 5);
    return setup;
  });
};

describe('class hours', () => {
  it('a lesson of forty credited minutes is one; a minute less is none yet', () => {
    expect(ledgerOf(inARow(40))).toMatchObject({ validHours: { policy: 1, session: 1, classHour: 1, strict: 1 }, remainderMs: 0, findings: [] });
    const short = ledgerOf(inARow(39));
    expect(short).toMatchObject({ validHours: { policy: 0 }, remainderMs: minutes(39) });
    expect(codes(short)).toEqual(['C13_SHORT_HOUR INCOMPLETE']);
  });

  it('a lesson of 25 minutes waits until the next one joins it', () => {
    expect(codes(ledgerOf(inARow(25)))).toEqual(['C13_SHORT_HOUR INCOMPLETE']);
    const joined = ledgerOf(inARow(25, 25));
    expect(joined.hours.map(shape)).toEqual(['lesson-1 0–25, lesson-2 0–15']);
    expect(joined.remainderMs).toBe(minutes(10));
  });

  it('a long lesson is several, and what is left over earns nothing', () => {
    const ledger = ledgerOf(inARow(95));
    expect(ledger.hours.map(shape)).toEqual(['lesson-1 0–40', 'lesson-1 40–80']);
    expect(ledger).toMatchObject({ creditedMs: minutes(95), remainderMs: minutes(15) });
  });

  it('follow the order of study, not the order in which the sessions are given or of the lessons', () => {
    const setups: AccountSetup[] = [
      { lessonPosition: 1, stretches: [{ at: MORNING, minutes: 10 }, { at: MORNING + hours(2), minutes: 20 }] },
      { lessonPosition: 2, stretches: [{ at: MORNING + hours(1), minutes: 30 }] },
    ];
    expect(ledgerOf(setups).hours.map(shape)).toEqual(['lesson-1 0–10, lesson-2 0–30']);
    expect(ledgerOf([...setups].reverse())).toEqual(ledgerOf(setups));
  });

  it('are other ones under a profile with 45 minutes', () => {
    expect(ledgerOf(inARow(60, 60, 60)).hours.map(shape)).toEqual(['lesson-1 0–40', 'lesson-1 40–60, lesson-2 0–20', 'lesson-2 20–60', 'lesson-3 0–40']);
    expect(ledgerOf(inARow(60, 60, 60), LIAONING).hours.map(shape)).toEqual(['lesson-1 0–45', 'lesson-1 45–60, lesson-2 0–30', 'lesson-2 30–60, lesson-3 0–15', 'lesson-3 15–60']);
  });

  it('span a day at most: what lies further back than that earns nothing', () => {
    const apart = (gap: number): ClassHourLedger => ledgerOf([{ stretches: [{ at: MORNING, minutes: 20 }] }, { lessonPosition: 2, stretches: [{ at: MORNING + gap, minutes: 20 }] }]);
    expect(apart(hours(24) - minutes(20)).validHours.policy).toBe(1);
    const beyond = apart(hours(24) - minutes(20) + 1);
    expect(beyond.validHours.policy).toBe(0);
    expect(beyond.uncounted).toMatchObject([{ reason: 'OVER_SPAN' }]);
    expect(beyond.remainderMs).toBeCloseTo(minutes(40) - 1, 6);
  });

  it('join no sessions where the policy wants them contiguous', () => {
    const contiguous: Policy = { ...NANYANG, classHour: { ...NANYANG.classHour, requireContiguous: true } };
    const ledger = ledgerOf(inARow(65, 65), contiguous);
    expect(ledger.hours.map(shape)).toEqual(['lesson-1 0–40', 'lesson-2 0–40']);
    expect(ledger.uncounted).toMatchObject([{ reason: 'NOT_CONTIGUOUS', piece: { lessonId: 'lesson-1', fromMs: minutes(40) } }]);
    expect(ledger.remainderMs).toBe(minutes(25));
  });
});

describe('the daily cap', () => {
  const capped = (daily: Policy['daily']): Policy => ({ ...NANYANG, daily });

  it('lets so many class hours of one day count, and the next day more', () => {
    const setups = [...inARow(40, 40, 40), { lessonPosition: 4, stretches: [{ at: MORNING + days(1), minutes: 40 }] }];
    const ledger = ledgerOf(setups, capped({ maxClassHours: 2, maxHours: null }));
    expect(ledger.hours.map(shape)).toEqual(['lesson-1 0–40', 'lesson-2 0–40', 'lesson-4 0–40']);
    expect(codes(ledger)).toEqual(['DAILY_CAP_EXCEEDED NOT_COUNTED']);
    expect(ledgerOf(setups, capped({ maxClassHours: 3, maxHours: null })).findings).toEqual([]);
  });

  it('may be given in hours of the clock, and the lower one binds', () => {
    expect(ledgerOf(inARow(40, 40, 40), capped({ maxClassHours: 3, maxHours: 1 }))).toMatchObject({ validHours: { policy: 1 }, remainderMs: minutes(20) });
  });

  it('begins anew at midnight in Nanyang, also within a lesson', () => {
    const night = { stretches: [{ at: Date.parse('2022-03-28T23:20:00+08:00'), minutes: 80 }] };
    expect(ledgerOf([night], capped({ maxClassHours: 1, maxHours: null }))).toMatchObject({ validHours: { policy: 2 }, findings: [] });
    const noon = { stretches: [{ at: Date.parse('2022-03-28T12:20:00+08:00'), minutes: 80 }] };
    expect(ledgerOf([noon], capped({ maxClassHours: 1, maxHours: null })).validHours.policy).toBe(1);
  });
});

describe('attempts', () => {
  const failed = { verdict: 'INVALID', findings: [aFinding('R1_RATE_EXCEEDED', [[0, 12]])], stretches: [{ at: MORNING, minutes: 12 }] } as const;

  it('only one counts; the failed one stays listed', () => {
    const ledger = ledgerOf([failed, { attempt: 2, openedAt: MORNING + hours(3) }]);
    expect(ledger.attempts.map(({ attempt, verdict, use }) => `${attempt} ${verdict} ${use}`)).toEqual(['1 INVALID SUPERSEDED', '2 VALID COUNTED']);
    expect(ledger).toMatchObject({ validHours: { policy: 1, strict: 1 }, creditedMs: minutes(40) });
  });

  it('a valid one is not given up for a later one', () => {
    const ledger = ledgerOf([{}, { attempt: 2, verdict: 'INCOMPLETE', closedAt: null, stretches: [{ at: MORNING + hours(3), minutes: 5 }] }]);
    expect(ledger.attempts.map(({ use }) => use)).toEqual(['COUNTED', 'SUPERSEDED']);
  });

  it('of valid ones the one counts of which least is void, the first of several', () => {
    const voided = (to: number, attempt: number): AccountSetup => ({ attempt, openedAt: MORNING + hours(3 * attempt), findings: [aFinding('R3_POPUP_GAP', [[0, to]], { effect: 'INVALIDATE_CLASS_HOUR' })] });
    const uses = (...setups: readonly AccountSetup[]): readonly string[] => ledgerOf(setups, scoped('CLASS_HOUR')).attempts.map(({ use }) => use);
    expect(uses(voided(5, 1), { attempt: 2, openedAt: MORNING + hours(6) })).toEqual(['SUPERSEDED', 'COUNTED']);
    expect(uses({}, voided(5, 2))).toEqual(['COUNTED', 'SUPERSEDED']);
    expect(uses(voided(5, 1), voided(5, 2))).toEqual(['COUNTED', 'SUPERSEDED']);
    expect(uses(voided(5, 1), { ...voided(1, 2), verdict: 'INCOMPLETE', closedAt: null })).toEqual(['COUNTED', 'SUPERSEDED']);
  });

  it('a refused make-up leaves the failed one standing', () => {
    const setups = [failed, { attempt: 2, openedAt: MORNING + hours(3) }].map(anAccount);
    const ledger = classHourLedger('enrolment-1', setups, NANYANG, new Set([setups[1]?.sessionId ?? '']));
    expect(ledger.attempts.map(({ use }) => use)).toEqual(['COUNTED', 'REFUSED']);
    expect(ledger.validHours.policy).toBe(0);
  });
});

describe('the verdict of a class hour', () => {
  const tenMinutesOver = aFinding('R3_POPUP_GAP', [[45, 55]]);

  it('under SESSION is that of the worst session in it, under CLASS_HOUR only what the finding overlaps', () => {
    const ledger = ledgerOf([{ verdict: 'INVALID', findings: [tenMinutesOver], stretches: [{ at: MORNING, minutes: 100 }] }, { lessonPosition: 2, stretches: [{ at: MORNING + hours(2), minutes: 20 }] }]);
    expect(ledger.hours.map(({ verdict }) => [verdict.session, verdict.classHour])).toEqual([['INVALID', 'VALID'], ['INVALID', 'INVALID'], ['INVALID', 'VALID']]);
    expect(ledger.validHours).toEqual({ policy: 0, session: 0, classHour: 2, strict: 0 });
  });

  it('follows the scope of the policy', () => {
    const setups = [{ verdict: 'INVALID', findings: [tenMinutesOver], stretches: [{ at: MORNING, minutes: 80 }] }] as const;
    expect(ledgerOf(setups, scoped('STUDY_RECORD')).validHours.policy).toBe(0);
    expect(ledgerOf(setups, scoped('CLASS_HOUR')).validHours.policy).toBe(1);
  });

  it('a finding that ends where the hour begins does not touch it', () => {
    const setups = [{ verdict: 'INVALID', findings: [aFinding('R3_POPUP_GAP', [[35, 40]])], stretches: [{ at: MORNING, minutes: 80 }] }] as const;
    expect(ledgerOf(setups).hours.map(({ verdict }) => verdict.classHour)).toEqual(['INVALID', 'VALID']);
  });

  it('under SEGMENT only the voided time is lost, and the hours are cut from the rest', () => {
    const ledger = ledgerOf([{ verdict: 'INVALID', findings: [tenMinutesOver], stretches: [{ at: MORNING, minutes: 90 }] }], scoped('SEGMENT'));
    expect(ledger.hours.map(shape)).toEqual(['lesson-1 0–40', 'lesson-1 40–45, lesson-1 55–90']);
    expect(ledger.validHours.policy).toBe(2);
    expect(ledger.uncounted).toMatchObject([{ reason: 'VOIDED', piece: { fromMs: minutes(45), toMs: minutes(55) } }]);
  });

  it('a failed session whose finding names no stretch voids all of it', () => {
    expect(ledgerOf([{ verdict: 'INVALID', findings: [aFinding('R1_RATE_EXCEEDED')] }]).hours[0]?.verdict.classHour).toBe('INVALID');
  });

  it('a session cleared by a review counts in full', () => {
    expect(ledgerOf([{ verdict: 'VALID', findings: [aFinding('R1_RATE_EXCEEDED')] }]).hours[0]?.verdict).toEqual({ policy: 'VALID', session: 'VALID', classHour: 'VALID', strict: 'VALID' });
  });

  it('awaits a review, the end of the session, or recognition', () => {
    const of = (setup: AccountSetup): unknown => ledgerOf([setup]).hours[0]?.verdict;
    expect(of({ verdict: 'PENDING_REVIEW', findings: [aFinding('R3_POPUP_AUTOMATED')] })).toMatchObject({ session: 'PENDING_REVIEW', classHour: 'PENDING_REVIEW', strict: 'INVALID' });
    expect(of({ verdict: 'INCOMPLETE', closedAt: null })).toMatchObject({ session: 'INCOMPLETE', classHour: 'INCOMPLETE', strict: 'INCOMPLETE' });
    expect(of({ verdict: 'NOT_RECOGNISED' })).toMatchObject({ session: 'NOT_RECOGNISED', classHour: 'NOT_RECOGNISED' });
  });

  it('a doubt that people upheld voids what it concerns', () => {
    const ledger = ledgerOf([{ verdict: 'INVALID', findings: [aFinding('R3_POPUP_AUTOMATED', [[0, 5]])], stretches: [{ at: MORNING, minutes: 80 }] }]);
    expect(ledger.hours.map(({ verdict }) => verdict.classHour)).toEqual(['INVALID', 'VALID']);
  });

  it('withheld credit is out of the ledger already; only the strict reading remembers', () => {
    expect(ledgerOf([{ findings: [aFinding('R4_CAMERA_LOST', [], { effect: 'WITHHOLD_INTERVAL' })] }]).hours[0]?.verdict).toEqual({ policy: 'VALID', session: 'VALID', classHour: 'VALID', strict: 'INVALID' });
  });

  it('prevented attempts void nothing in any reading', () => {
    expect(ledgerOf([{ findings: [aFinding('R1_ATTEMPT_BLOCKED')] }]).hours[0]?.verdict).toEqual({ policy: 'VALID', session: 'VALID', classHour: 'VALID', strict: 'VALID' });
  });
});

describe('credit of one person at one time', () => {
  const elsewhere = (at: number, length: number): AccountSetup => ({ enrolmentId: 'enrolment-2', stretches: [{ at, minutes: length }] });

  it('counts once: the session that began the stretch keeps it', () => {
    const ledger = ledgerOf([{ stretches: [{ at: MORNING, minutes: 45 }] }, elsewhere(MORNING - minutes(10), 14)]);
    expect(ledger.uncounted).toMatchObject([{ reason: 'OVERLAP', piece: { fromAt: MORNING, toAt: MORNING + minutes(4) } }]);
    expect(ledger.hours.map(shape)).toEqual(['lesson-1 4–44']);
    expect(ledger.findings[0]).toMatchObject({ code: 'R2_CREDIT_OVERLAP', effect: 'REVIEW', detail: { overlapMs: minutes(4), keptBy: 'enrolment-2/lesson-1/1' } });
  });

  it('is for a person to look at when it lasted longer than the tolerance of a change of place', () => {
    const overlapping = (ms: number): ClassHourLedger => ledgerOf([{ stretches: [{ at: MORNING, minutes: 80 }] }, elsewhere(MORNING + minutes(80) - ms, 40)]);
    expect(codes(overlapping(5_000))).toEqual(['R2_CREDIT_OVERLAP NOT_COUNTED']);
    expect(overlapping(5_000).validHours.policy).toBe(2);
    expect(codes(overlapping(5_001))).toEqual(['R2_CREDIT_OVERLAP REVIEW']);
    expect(overlapping(5_001).hours.map(({ verdict }) => verdict.policy)).toEqual(['VALID', 'PENDING_REVIEW']);
  });

  it('one after another is no overlap', () => {
    expect(ledgerOf([{}, elsewhere(MORNING + minutes(40), 40)]).findings).toEqual([]);
  });

  it('of a superseded attempt takes nothing away', () => {
    const ledger = ledgerOf([{ verdict: 'INVALID' }, { attempt: 2, openedAt: MORNING + minutes(20) }]);
    expect(ledger).toMatchObject({ validHours: { policy: 1 }, uncounted: [] });
  });
});
