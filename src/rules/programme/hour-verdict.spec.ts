import { describe, expect, it } from '@jest/globals';
import type { AccountFinding } from '../account.js';
import { NANYANG } from '../testing/nanyang-policy.js';
import { classHourLedger } from './class-hours.js';
import { ROUNDING_MS } from './credit.js';
import type { HourReadings } from './hour-verdict.js';
import { type AccountSetup, aFinding, anAccount, minutes, MORNING } from './testing/accounts.js';

const readings = (setups: readonly AccountSetup[]): readonly HourReadings[] => classHourLedger('enrolment-1', setups.map(anAccount), NANYANG).hours.map(({ verdict }) => verdict);
const lasting = (length: number, setup: AccountSetup = {}): AccountSetup => ({ stretches: [{ at: MORNING, minutes: length }], ...setup });

describe('the strict reading of an hour', () => {
  const strict = (...findings: readonly AccountFinding[]): unknown => readings([{ findings }])[0]?.strict;

  it.each([
    aFinding('R3_POPUP_GAP', [], { effect: 'INVALIDATE_CLASS_HOUR' }),
    aFinding('R1_RATE_EXCEEDED'),
    aFinding('R4_IMPOSTOR_CONFIRMED'),
    aFinding('R6_DISABLED'),
    aFinding('C11_VIDEO_NOT_APPROVED'),
    aFinding('R3_POPUP_AUTOMATED'),
  ])('lets a valid session stand that people cleared: $effect', (overturned) => {
    expect(strict(overturned)).toBe('VALID');
    expect(strict(aFinding('R1_ATTEMPT_BLOCKED'), overturned)).toBe('VALID');
  });

  it('voids a valid session that nobody cleared', () => {
    expect(strict(aFinding('R3_MISSED'))).toBe('INVALID');
    expect(strict(aFinding('R1_ATTEMPT_BLOCKED'), aFinding('R3_MISSED'))).toBe('INVALID');
    expect(strict(aFinding('R3_POPUP_GAP', [[0, 5]], { effect: 'INVALIDATE_CLASS_HOUR' }))).toBe('INVALID');
  });

  it('voids an hour of two sessions for one of them', () => {
    const two = (findings: readonly AccountFinding[]): AccountSetup[] => [lasting(20, { findings }), { lessonPosition: 2, stretches: [{ at: MORNING + minutes(20), minutes: 20 }] }];
    expect(readings(two([aFinding('R3_MISSED')]))).toEqual([{ policy: 'VALID', session: 'VALID', classHour: 'VALID', strict: 'INVALID' }]);
    expect(readings(two([]))).toEqual([{ policy: 'VALID', session: 'VALID', classHour: 'VALID', strict: 'VALID' }]);
  });
});

describe('an hour read by itself', () => {
  const byHour = (setup: AccountSetup): readonly string[] => readings([setup]).map(({ classHour }) => classHour);

  it('stands in a failed session where no finding overlaps it, whatever else was recorded', () => {
    const findings = [aFinding('R3_POPUP_GAP', [[45, 55]]), aFinding('R1_ATTEMPT_BLOCKED')];
    expect(byHour(lasting(80, { verdict: 'INVALID', findings }))).toEqual(['VALID', 'INVALID']);
  });

  it('is not touched by what overlaps it no longer than arithmetic rounds', () => {
    const edge = minutes(40);
    const voiding = (from: number, to: number): readonly string[] => byHour(lasting(80, { verdict: 'INVALID', findings: [aFinding('R3_POPUP_GAP', [], { voids: [[from, to]] })] }));
    expect(voiding(edge - ROUNDING_MS, edge + 1)).toEqual(['VALID', 'INVALID']);
    expect(voiding(edge - 2 * ROUNDING_MS, edge + 1)).toEqual(['INVALID', 'INVALID']);
    expect(voiding(edge - 1, edge + ROUNDING_MS)).toEqual(['INVALID', 'VALID']);
    expect(voiding(edge - 1, edge + 2 * ROUNDING_MS)).toEqual(['INVALID', 'INVALID']);
  });

  it('waits with a session that was closed unfinished, as with one that can go on', () => {
    expect(byHour(lasting(40, { verdict: 'INCOMPLETE' }))).toEqual(['INCOMPLETE']);
    expect(byHour(lasting(40, { verdict: 'INCOMPLETE', closedAt: null }))).toEqual(['INCOMPLETE']);
  });
});

describe('credit earned in two places at once, in doubt', () => {
  const elsewhere = (at: number, length: number): AccountSetup => ({ enrolmentId: 'enrolment-2', stretches: [{ at, minutes: length }] });
  const verdicts = (...setups: readonly AccountSetup[]): readonly string[] => readings(setups).map(({ policy }) => policy);

  it('puts the hour in doubt that is left beside the cut, not the one after it', () => {
    // Of its 84 minutes the other session keeps the first four.
    expect(verdicts(lasting(84), elsewhere(MORNING - minutes(10), 14))).toEqual(['PENDING_REVIEW', 'VALID']);
  });

  it('puts the hour in doubt that ends where the cut begins', () => {
    const resumed = { stretches: [{ at: MORNING, minutes: 40 }, { at: MORNING + minutes(40), minutes: 50 }] };
    expect(verdicts(resumed, elsewhere(MORNING + minutes(40), 10))).toEqual(['PENDING_REVIEW', 'PENDING_REVIEW']);
  });

  it('leaves a session alone that begins as the overlap ends', () => {
    expect(verdicts(lasting(40), elsewhere(MORNING + minutes(30), 10), { lessonPosition: 2, stretches: [{ at: MORNING + minutes(40), minutes: 40 }] })).toEqual(['PENDING_REVIEW', 'VALID']);
  });

  it('puts an hour of two sessions in doubt for one of them', () => {
    expect(verdicts(lasting(20), elsewhere(MORNING + minutes(10), 10), { lessonPosition: 2, stretches: [{ at: MORNING + minutes(25), minutes: 20 }] })).toEqual(['PENDING_REVIEW']);
  });
});
