import { describe, expect, it } from '@jest/globals';
import type { Policy } from '../policy.js';
import { NANYANG } from '../testing/nanyang-policy.js';
import { needsConsent, refusedMakeups, type RefusedMakeups } from './makeup.js';
import { type AccountSetup, aFinding, anAccount, days, minutes, MORNING } from './testing/accounts.js';

const ASSESSMENT = MORNING + days(100);
const NO_APPROVAL: Policy = { ...NANYANG, makeup: { ...NANYANG.makeup, approval: 'NONE' } };

const conduct = aFinding('R1_RATE_EXCEEDED', [[0, 40]]);
const environment = aFinding('R6_NO_SNAPSHOT', [[0, 40]], { attribution: 'ENVIRONMENT' });
const sped: AccountSetup = { verdict: 'INVALID', findings: [conduct] };
const outage: AccountSetup = { verdict: 'INVALID', findings: [environment] };

describe('consent to a make-up', () => {
  const isNeeded = (setup: AccountSetup, policy = NANYANG): boolean => needsConsent(anAccount(setup), policy);

  it('is needed for a session that failed by conduct, unless the policy asks for none', () => {
    expect(isNeeded(sped)).toBe(true);
    expect(isNeeded(sped, NO_APPROVAL)).toBe(false);
  });

  it.each(['VALID', 'INCOMPLETE', 'PENDING_REVIEW'] as const)('is not needed for a session that is %s and of which nothing is void', (verdict) => {
    expect(isNeeded({ verdict })).toBe(false);
    expect(isNeeded({ verdict, findings: [aFinding('R3_MISSED')] })).toBe(false);
  });

  it('is needed where a class hour of a valid session is void', () => {
    const hole = aFinding('R3_POPUP_GAP', [[0, 5]], { effect: 'INVALIDATE_CLASS_HOUR' });
    expect(isNeeded({ findings: [hole] })).toBe(true);
    expect(isNeeded({ findings: [hole, aFinding('R1_ATTEMPT_BLOCKED')] })).toBe(true);
  });

  it.each(['INVALID', 'NOT_RECOGNISED'] as const)('is needed for a session that is %s for a reason that takes no credit, or for none that is known', (verdict) => {
    expect(isNeeded({ verdict })).toBe(true);
    expect(isNeeded({ verdict, findings: [aFinding('OFFLINE_STOP')] })).toBe(true);
  });

  it('is needed for a video that was not the approved one, which is no matter of the environment', () => {
    expect(isNeeded({ verdict: 'NOT_RECOGNISED', findings: [aFinding('C11_VIDEO_NOT_APPROVED')] })).toBe(true);
    expect(isNeeded({ verdict: 'NOT_RECOGNISED', findings: [environment, aFinding('C11_VIDEO_NOT_APPROVED')] })).toBe(true);
  });

  it('is not needed for what the environment alone caused, whatever else was recorded of the trainee', () => {
    expect(isNeeded(outage)).toBe(false);
    expect(isNeeded({ ...outage, findings: [environment, aFinding('R1_ATTEMPT_BLOCKED')] })).toBe(false);
    expect(isNeeded({ ...outage, findings: [environment, conduct] })).toBe(true);
  });

  it('is not needed for a doubt that people upheld as the environment’s', () => {
    const upheld = (attribution: 'ENVIRONMENT' | 'UNKNOWN') => aFinding('R6_UNDECIDED', [[0, 40]], { attribution });
    expect(isNeeded({ verdict: 'INVALID', findings: [upheld('ENVIRONMENT')] })).toBe(false);
    expect(isNeeded({ verdict: 'INVALID', findings: [upheld('UNKNOWN')] })).toBe(true);
  });
});

describe('make-ups that do not count', () => {
  const again: AccountSetup = { attempt: 2, openedAt: MORNING + days(60) };
  const refused = (setups: readonly AccountSetup[], finalAssessmentAt: number | null = ASSESSMENT): RefusedMakeups => refusedMakeups(setups.map(anAccount), [], finalAssessmentAt, NANYANG);

  it('are those without the consent they needed, with what was asked', () => {
    expect(refused([sped, again])).toMatchObject({
      refused: new Set(['enrolment-1/lesson-1/2']),
      findings: [{ code: 'C24_MAKEUP_UNAPPROVED', effect: 'NOT_COUNTED', detail: { sessionId: 'enrolment-1/lesson-1/2', lessonId: 'lesson-1', attempt: 2, openedAt: MORNING + days(60) } }],
    });
  });

  it('are those after one attempt among several that needed consent', () => {
    const third = { ...again, attempt: 3 };
    expect([...refused([outage, { ...sped, attempt: 2 }, third]).refused]).toEqual(['enrolment-1/lesson-1/3']);
    expect(refused([outage, { ...outage, attempt: 2 }, third]).findings).toEqual([]);
  });

  it('are not those of another lesson than the one that failed by conduct', () => {
    expect(refused([sped, { ...outage, lessonPosition: 2 }, { ...again, lessonPosition: 2 }]).findings).toEqual([]);
  });

  it('are those that end when the final assessment begins or later, never while it is not set', () => {
    const ending = (closedAt: number | null, at: number | null = ASSESSMENT): RefusedMakeups => refused([outage, { ...again, closedAt }], at);
    expect(ending(ASSESSMENT - 1).findings).toEqual([]);
    expect(ending(ASSESSMENT).findings).toMatchObject([{ code: 'C24_MAKEUP_TOO_LATE', detail: { sessionId: 'enrolment-1/lesson-1/2', lessonId: 'lesson-1', attempt: 2, endedAt: ASSESSMENT, finalAssessmentAt: ASSESSMENT } }]);
    expect(ending(ASSESSMENT, null).findings).toEqual([]);
    expect(ending(null).findings).toEqual([]);
  });

  it('are never first attempts, however late', () => {
    expect(refused([{ openedAt: ASSESSMENT + minutes(1) }]).findings).toEqual([]);
  });

  it('are refused once for two reasons', () => {
    const late = refused([sped, { ...again, openedAt: ASSESSMENT }]);
    expect(late.findings.map(({ code }) => code)).toEqual(['C24_MAKEUP_UNAPPROVED', 'C24_MAKEUP_TOO_LATE']);
    expect(late.refused.size).toBe(1);
  });
});
