import { describe, expect, it } from '@jest/globals';
import { NANYANG } from '../rules/testing/nanyang-policy.js';
import { anchorOf, type EnrolmentEnd, isTrainingOver, picturesUntil, recordsUntil } from './retention.js';

const anEnd = (given: Partial<EnrolmentEnd> = {}): EnrolmentEnd => ({
  disbursedOn: null, refusalFinalOn: null, assessmentEndedOn: null, isClosed: false, lastActiveOn: '2026-03-10', ...given,
});
const withRetention = (given: Partial<typeof NANYANG.retention>) => ({ retention: { ...NANYANG.retention, ...given } });

describe('retention', () => {
  it.each([
    ['the payment of the subsidy', { disbursedOn: '2026-09-30', assessmentEndedOn: '2026-04-01' }, '2026-09-30'],
    ['a refusal that became final', { refusalFinalOn: '2026-10-15', assessmentEndedOn: '2026-04-01' }, '2026-10-15'],
    ['the later of both', { disbursedOn: '2026-09-30', refusalFinalOn: '2026-10-15' }, '2026-10-15'],
    ['the assessment, where nothing is declared of the subsidy', { assessmentEndedOn: '2026-04-01' }, '2026-04-01'],
    ['the last session, where nothing is declared at all', {}, '2026-03-10'],
    ['the last session, where it came after what was declared', { disbursedOn: '2025-12-31' }, '2026-03-10'],
  ] as const)('is counted from %s', (_name, given, expected) => expect(anchorOf(anEnd(given))).toBe(expected));

  it('keeps pictures for the months of the policy, to the corresponding day', () => {
    expect(picturesUntil(anEnd({ disbursedOn: '2026-08-31' }), withRetention({ snapshotMonths: 24 }))).toBe('2028-08-31');
    expect(picturesUntil(anEnd({ disbursedOn: '2026-08-31' }), withRetention({ snapshotMonths: 18 }))).toBe('2028-02-29');
  });

  it('keeps records for the longest of the periods that apply', () => {
    expect(recordsUntil(anEnd(), withRetention({ recordYears: 6 }))).toBe('2032-03-10');
    expect(recordsUntil(anEnd(), withRetention({ recordYears: 6, specialOperationsYears: 8, managersYears: 3 }))).toBe('2034-03-10');
    expect(recordsUntil(anEnd(), withRetention({ recordYears: 2, archiveYears: 4 }))).toBe('2030-03-10');
  });

  it.each([
    ['goes on while nothing says otherwise', {}, '2026-09-10', false],
    ['counts as over half a year after anything happened', {}, '2026-09-11', true],
    ['is not over on the day of its assessment', { assessmentEndedOn: '2026-04-01' }, '2026-04-01', false],
    ['is over the day after', { assessmentEndedOn: '2026-04-01' }, '2026-04-02', true],
    ['is over when it was given up', { isClosed: true }, '2026-03-10', true],
  ] as const)('training %s', (_name, given, today, expected) => expect(isTrainingOver(anEnd(given), today)).toBe(expected));
});
