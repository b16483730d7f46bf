import { describe, expect, it } from '@jest/globals';
import type { SessionAccount } from '../account.js';
import { NANYANG } from '../testing/nanyang-policy.js';
import { type PlatformFinding, platformFinding, suspectedDefects } from './platform-finding.js';
import { type AccountSetup, aFinding, anAccount, days, MORNING } from './testing/accounts.js';

const unenforced = aFinding('R3_POPUP_UNENFORCED', [], { attribution: 'PLATFORM_CONTROL' });
/** Sessions of one day, the first of them as given. */
const aDay = (count: number, failing: number, setup: AccountSetup = { findings: [unenforced] }, openedAt = MORNING): SessionAccount[] =>
  Array.from({ length: count }, (_, index) => anAccount({ lessonPosition: index + 1, openedAt, ...(index < failing ? setup : {}) }));
const standing = (sessions: readonly SessionAccount[], on: '2022-03-28' | '2024-03-28' | '2024-03-29' = '2022-03-28', isDecided = false): PlatformFinding =>
  platformFinding(sessions, isDecided ? [{ decisionRef: '宛人社罚〔2022〕1号', violationOn: '2022-03-28' }] : [], on, NANYANG);

describe('the finding on a platform', () => {
  it('one control failing in a twentieth of a day’s sessions is suspected, in fewer not', () => {
    expect(standing(aDay(40, 2))).toMatchObject({ status: 'DEFECT_SUSPECTED', suspected: [{ day: '2022-03-28', code: 'R3_POPUP_UNENFORCED', sessions: 2, ofSessions: 40 }] });
    expect(standing(aDay(41, 2))).toEqual({ status: 'CONFORMANT' });
  });

  it('different controls do not add up, nor do different days', () => {
    const other = aFinding('R6_EVIDENCE_MISSING', [], { attribution: 'PLATFORM_CONTROL', effect: 'REVIEW' });
    const mixed = [...aDay(30, 1), ...aDay(1, 1, { findings: [other] })];
    expect(suspectedDefects(mixed)).toEqual([]);
    expect(suspectedDefects([...aDay(30, 1), ...aDay(30, 1, { findings: [unenforced] }, MORNING + days(1))])).toEqual([]);
  });

  it('what trainees did, or the environment, says nothing about the platform; nor does a control at work', () => {
    expect(standing(aDay(10, 10, { verdict: 'INVALID', findings: [aFinding('R1_RATE_EXCEEDED')] })).status).toBe('CONFORMANT');
    expect(standing(aDay(10, 10, { findings: [{ ...unenforced, attribution: 'ENVIRONMENT' }] })).status).toBe('CONFORMANT');
    expect(standing(aDay(10, 10, { findings: [{ ...unenforced, effect: 'RECORD_ONLY' }] })).status).toBe('CONFORMANT');
  });

  it('is confirmed, and bars, only by an authority’s decision and for two years', () => {
    expect(standing(aDay(10, 10)).status).toBe('DEFECT_SUSPECTED');
    expect(standing([], '2024-03-28', true)).toEqual({ status: 'DEFECT_CONFIRMED', decisionRef: '宛人社罚〔2022〕1号', barredUntil: '2024-03-28', suspected: [] });
    expect(standing([], '2024-03-29', true)).toEqual({ status: 'CONFORMANT' });
  });
});
