import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { SessionAccount } from '../account.js';
import { partMs, type Policy } from '../policy.js';
import { NANYANG } from '../testing/nanyang-policy.js';
import { sampled } from '../testing/sampling.js';
import { classHourLedger, type ClassHourLedger } from './class-hours.js';
import { type CreditPiece, sumMs } from './credit.js';
import { aFinding, anAccount, days, hours, minutes, MORNING } from './testing/accounts.js';

const LIAONING: Policy = { ...NANYANG, id: 'cn-liaoning-2023', classHour: { ...NANYANG.classHour, minMinutes: 45 } };
const CAPPED: Policy = { ...NANYANG, daily: { maxClassHours: 3, maxHours: null } };
const SEGMENT: Policy = { ...NANYANG, invalidation: { ...NANYANG.invalidation, scope: 'SEGMENT' } };
const ENROLMENTS = ['enrolment-1', 'enrolment-2'] as const;
const RUNS = sampled();

/** Stretches of one session, one after another. */
const stretches = fc.array(fc.record({ gapMs: fc.nat(hours(8)), lengthMs: fc.integer({ min: 1, max: minutes(70) }) }), { maxLength: 4 });

/** Sessions of one person over two enrolments and three days, here and there at the same time. */
const sessions = fc.array(
  fc.record({
    enrolmentId: fc.constantFrom(...ENROLMENTS),
    startMs: fc.nat(days(3)),
    stretches,
    verdict: fc.constantFrom('VALID' as const, 'VALID' as const, 'INVALID' as const, 'PENDING_REVIEW' as const, 'INCOMPLETE' as const, 'NOT_RECOGNISED' as const),
    voids: fc.option(fc.tuple(fc.nat(60), fc.nat(60)), { nil: null }),
    isRetry: fc.boolean(),
  }),
  { maxLength: 10 },
);
type Told = typeof sessions extends fc.Arbitrary<infer T> ? T : never;

function accountsOf(told: Told): SessionAccount[] {
  const taken = new Map<string, number>();
  return told.map(({ enrolmentId, startMs, stretches: given, verdict, voids, isRetry }) => {
    const last = taken.get(enrolmentId) ?? 0;
    const position = isRetry && last > 0 ? last : last + 1;
    const attempt = (taken.get(`${enrolmentId} ${position}`) ?? 0) + 1;
    taken.set(enrolmentId, position).set(`${enrolmentId} ${position}`, attempt);
    let at = MORNING + startMs;
    const placed = given.map(({ gapMs, lengthMs }) => {
      const from = at + gapMs;
      at = from + lengthMs;
      return { at: from, minutes: lengthMs / 60_000 };
    });
    const findings = voids === null || verdict !== 'INVALID' ? [] : [aFinding('R3_POPUP_GAP', [[Math.min(...voids), Math.max(...voids)]])];
    return anAccount({ enrolmentId, lessonPosition: position, attempt, verdict, findings, openedAt: MORNING + startMs, stretches: placed });
  });
}

const ledgersOf = (accounts: readonly SessionAccount[], policy: Policy): readonly ClassHourLedger[] => ENROLMENTS.map((id) => classHourLedger(id, accounts, policy));
const countedOf = (ledger: ClassHourLedger): readonly CreditPiece[] => [...ledger.hours.flatMap(({ pieces }) => pieces), ...ledger.remainder];
const each = (policies: readonly Policy[], judge: (accounts: readonly SessionAccount[], policy: Policy) => void): void =>
  fc.assert(fc.property(sessions, fc.constantFrom(...policies), (told, policy) => judge(accountsOf(told), policy)), RUNS);

describe('properties of the class-hour ledger', () => {
  it('no wall time of a person counts twice, over all sessions and enrolments', () => {
    each([NANYANG, CAPPED, SEGMENT], (accounts, policy) => {
      const counted = ledgersOf(accounts, policy).flatMap(countedOf).sort((a, b) => a.fromAt - b.fromAt);
      expect(counted.filter((piece, index) => (counted[index + 1]?.fromAt ?? Infinity) - piece.toAt < -1e-3)).toEqual([]);
    });
  });

  it('every class hour is exactly that long, and no credit appears or gets lost', () => {
    each([NANYANG, LIAONING, CAPPED, SEGMENT], (accounts, policy) => {
      for (const ledger of ledgersOf(accounts, policy)) {
        expect(ledger.hours.filter(({ pieces }) => Math.abs(sumMs(pieces) - partMs(policy)) > 0.01)).toEqual([]);
        expect(ledger.remainderMs).toBeLessThan(partMs(policy));
        expect(ledger.hours.length * partMs(policy)).toBeLessThanOrEqual(ledger.creditedMs + 1);
        const listed = ledger.hours.length * partMs(policy) + ledger.remainderMs + sumMs(ledger.uncounted.map(({ piece }) => piece));
        expect(Math.abs(listed - ledger.creditedMs)).toBeLessThan(0.1);
      }
    });
  });

  it('a class hour holds its pieces in order of study and within its span', () => {
    each([NANYANG, LIAONING], (accounts, policy) => {
      const cut = ledgersOf(accounts, policy).flatMap((ledger) => ledger.hours);
      expect(cut.filter(({ pieces }) => pieces.some((piece, index) => piece.fromAt > (pieces[index + 1]?.fromAt ?? Infinity)))).toEqual([]);
      expect(cut.filter(({ fromAt, toAt }) => toAt - fromAt > policy.classHour.maxSpanHours * hours(1) + 1e-3)).toEqual([]);
    });
  });

  it('the order in which the accounts are given changes nothing', () => {
    fc.assert(
      fc.property(sessions.chain((told) => fc.tuple(fc.constant(accountsOf(told)), fc.shuffledSubarray(accountsOf(told), { minLength: told.length }))), ([accounts, shuffled]) => {
        expect(JSON.stringify(ledgersOf(shuffled, NANYANG))).toBe(JSON.stringify(ledgersOf(accounts, NANYANG)));
      }),
      RUNS,
    );
  });

  it('no reading is kinder than the one by class hour, none stricter than the strict one', () => {
    each([NANYANG, LIAONING], (accounts, policy) => {
      for (const { validHours } of ledgersOf(accounts, policy)) {
        expect(validHours.classHour).toBeGreaterThanOrEqual(validHours.session);
        expect(validHours.session).toBeGreaterThanOrEqual(validHours.strict);
      }
    });
  });
});
