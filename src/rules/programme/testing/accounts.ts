/** Session accounts told in minutes, for tests of the ledger. */
import type { AccountFinding, CreditedStretch, SessionAccount } from '../../account.js';
import { FINDING_KINDS, type FindingCode } from '../../finding.js';

/** Monday 28 March 2022, 09:00 in Nanyang. */
export const MORNING = Date.parse('2022-03-28T09:00:00+08:00');
export const minutes = (count: number): number => count * 60_000;
export const hours = (count: number): number => minutes(count * 60);
export const days = (count: number): number => hours(count * 24);

/** A stretch of credit from a wall instant on, earned in real time. */
export interface Stretch {
  readonly at: number;
  readonly minutes: number;
}

export interface AccountSetup extends Partial<Omit<SessionAccount, 'credited' | 'creditedMs'>> {
  /** Default: one stretch of 40 minutes from `openedAt`. */
  readonly stretches?: readonly Stretch[];
}

/** A closed, valid session of the enrolment `enrolment-1`; its id says which lesson and attempt. */
export function anAccount({ stretches, ...facts }: AccountSetup = {}): SessionAccount {
  const { lessonPosition = 1, attempt = 1, enrolmentId = 'enrolment-1' } = facts;
  const openedAt = facts.openedAt ?? stretches?.[0]?.at ?? MORNING;
  const credited = stretched(stretches ?? [{ at: openedAt, minutes: 40 }]);
  return {
    sessionId: `${enrolmentId}/lesson-${lessonPosition}/${attempt}`,
    enrolmentId,
    lessonId: `lesson-${lessonPosition}`,
    lessonPosition,
    attempt,
    openedAt,
    closedAt: credited.at(-1)?.toAt ?? openedAt,
    verdict: 'VALID',
    creditedMs: credited.at(-1)?.toMs ?? 0,
    credited,
    findings: [],
    checks: { issued: 0, missed: 0 },
    ...facts,
  };
}

/** A finding as the engine's table has it, voiding what is given of the session's credited timeline, in minutes. */
export function aFinding(code: FindingCode, voids: readonly (readonly [number, number])[] = [], facts: Partial<AccountFinding> = {}): AccountFinding {
  const { rule, effect, attribution } = FINDING_KINDS[code];
  return { code, rule, effect, attribution, at: MORNING, voids: voids.map(([from, to]) => [minutes(from), minutes(to)]), ...facts };
}

function stretched(stretches: readonly Stretch[]): readonly CreditedStretch[] {
  let creditedMs = 0;
  return stretches.map(({ at, minutes: length }) => {
    const fromMs = creditedMs;
    creditedMs += minutes(length);
    return { fromAt: at, toAt: at + minutes(length), fromMs, toMs: creditedMs };
  });
}
