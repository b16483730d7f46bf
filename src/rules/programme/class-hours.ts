/**
 * The class-hour ledger (课时, clause C-13): class hour *h* is the credited interval [(h−1)·L, h·L) of one enrolment in
 * order of study, L = `classHour.minMinutes`. It may join lessons and sessions within `classHour.maxSpanHours`; a
 * remainder shorter than L earns nothing.
 */
import type { SessionAccount } from '../account.js';
import type { Interval } from '../interval-set.js';
import { partMs, type Policy } from '../policy.js';
import { type AttemptRow, chooseAttempts } from './attempts.js';
import {
  type Credit,
  type CreditOverlap,
  type CreditPiece,
  dailyCapMs,
  piecesOf,
  ROUNDING_MS,
  splitAfter,
  splitAt,
  sumMs,
  type UncountedCredit,
  withinDailyCap,
  withoutOverlaps,
  withoutVoids,
} from './credit.js';
import { type ProgrammeFinding, programmeFinding } from './finding.js';
import { hourReadings, type HourReadings } from './hour-verdict.js';

export interface ClassHour {
  /** From 1, in order of study. */
  readonly number: number;
  /** Sessions and intervals that make it up; their credit sums to L. */
  readonly pieces: readonly CreditPiece[];
  /** Server time of its first and last credit, ms. */
  readonly fromAt: number;
  readonly toAt: number;
  readonly verdict: HourReadings;
}

export interface ClassHourLedger {
  readonly enrolmentId: string;
  /** Length of a class hour, ms. */
  readonly classHourMs: number;
  readonly hours: readonly ClassHour[];
  /** How many of them are `VALID`, in each reading. */
  readonly validHours: Readonly<Record<keyof HourReadings, number>>;
  /** Credit that has not yet become a class hour. */
  readonly remainder: readonly CreditPiece[];
  readonly remainderMs: number;
  /** Credit of the attempts that count. */
  readonly creditedMs: number;
  readonly uncounted: readonly UncountedCredit[];
  readonly attempts: readonly AttemptRow[];
  readonly findings: readonly ProgrammeFinding[];
}

/**
 * Builds the ledger of one enrolment.
 * @param accounts of every session of the person that is known, over all enrolments, in any order
 * @param refused make-up sessions that do not count (`refusedMakeups`)
 */
export function classHourLedger(enrolmentId: string, accounts: readonly SessionAccount[], policy: Policy, refused: ReadonlySet<string> = new Set()): ClassHourLedger {
  const { counted, rows } = chooseAttempts(accounts, refused);
  const own = counted.filter((account) => account.enrolmentId === enrolmentId);
  const ownIds = new Set(own.map(({ sessionId }) => sessionId));
  const single = withoutOverlaps(piecesOf(counted));
  const ofOwn = single.pieces.filter(({ sessionId }) => ownIds.has(sessionId));
  const unvoided = policy.invalidation.scope === 'SEGMENT' ? withoutVoids(ofOwn, voidsOf(own)) : { pieces: ofOwn, uncounted: [] };
  const capped = withinDailyCap(unvoided.pieces, policy);
  const cut = cutHours(capped.pieces, policy);
  const overlaps = single.overlaps.filter(({ keptBy, cutFrom }) => ownIds.has(keptBy) || ownIds.has(cutFrom));
  const doubtful = overlaps.filter((overlap) => isDoubtful(overlap, policy));
  const byId = new Map(own.map((account) => [account.sessionId, account]));
  const hours = cut.hours.map((pieces, index) => classHour(index + 1, pieces, hourReadings(pieces, found(byId), doubtful, policy)));
  const uncounted = [...single.uncounted.filter(({ piece }) => ownIds.has(piece.sessionId)), ...unvoided.uncounted, ...capped.uncounted, ...cut.uncounted];
  const remainderMs = sumMs(cut.remainder);
  return {
    enrolmentId,
    classHourMs: partMs(policy),
    hours,
    validHours: { policy: validIn(hours, 'policy'), session: validIn(hours, 'session'), classHour: validIn(hours, 'classHour'), strict: validIn(hours, 'strict') },
    remainder: cut.remainder,
    remainderMs,
    creditedMs: sumMs(piecesOf(own)),
    uncounted,
    attempts: rows.filter((row) => row.enrolmentId === enrolmentId),
    findings: [
      ...overlaps.map((overlap) => overlapFinding(overlap, policy)),
      ...capFindings(capped, policy),
      ...(remainderMs > ROUNDING_MS ? [programmeFinding('C13_SHORT_HOUR', { remainderMs: Math.round(remainderMs), classHourMs: partMs(policy) })] : []),
    ],
  };
}

const found = (byId: ReadonlyMap<string, SessionAccount>) => (sessionId: string): SessionAccount => byId.get(sessionId) as SessionAccount;

const validIn = (hours: readonly ClassHour[], reading: keyof HourReadings): number => hours.filter(({ verdict }) => verdict[reading] === 'VALID').length;

const voidsOf = (accounts: readonly SessionAccount[]) => (sessionId: string): readonly Interval[] =>
  accounts.filter((account) => account.sessionId === sessionId).flatMap(({ findings }) => findings.flatMap(({ voids }) => voids));

function classHour(number: number, pieces: readonly CreditPiece[], verdict: HourReadings): ClassHour {
  return { number, pieces, fromAt: Math.min(...pieces.map(({ fromAt }) => fromAt)), toAt: Math.max(...pieces.map(({ toAt }) => toAt)), verdict };
}

interface CutHours {
  readonly hours: readonly (readonly CreditPiece[])[];
  readonly remainder: readonly CreditPiece[];
  readonly uncounted: readonly UncountedCredit[];
}

function cutHours(flow: readonly CreditPiece[], policy: Policy): CutHours {
  const classHourMs = partMs(policy);
  const hours: (readonly CreditPiece[])[] = [];
  const uncounted: UncountedCredit[] = [];
  let open: readonly CreditPiece[] = [];
  for (const piece of flow) {
    for (let rest: CreditPiece | null = piece; rest !== null; ) {
      const { sessionId }: CreditPiece = rest;
      if (policy.classHour.requireContiguous && open.some((earlier) => earlier.sessionId !== sessionId)) {
        uncounted.push(...open.map((earlier): UncountedCredit => ({ piece: earlier, reason: 'NOT_CONTIGUOUS' })));
        open = [];
      }
      const [taken, left]: ReturnType<typeof splitAfter> = splitAfter(rest, Math.max(ROUNDING_MS, classHourMs - sumMs(open)));
      const spanned = withinSpan(taken === null ? open : [...open, taken], policy.classHour.maxSpanHours * 3_600_000);
      uncounted.push(...spanned.uncounted);
      open = spanned.pieces;
      if (classHourMs - sumMs(open) <= ROUNDING_MS) {
        hours.push(open);
        open = [];
      }
      rest = left;
    }
  }
  return { hours, remainder: open, uncounted };
}

/** Lets go of credit that lies further back from the last one than a class hour may span. */
function withinSpan(pieces: readonly CreditPiece[], spanMs: number): Credit {
  const since = Math.max(...pieces.map(({ toAt }) => toAt)) - spanMs;
  const cut = pieces.map((piece) => splitAt(piece, since));
  return {
    pieces: cut.flatMap(([, kept]) => (kept === null ? [] : [kept])),
    uncounted: cut.flatMap(([old]): UncountedCredit[] => (old === null ? [] : [{ piece: old, reason: 'OVER_SPAN' }])),
  };
}

const isDoubtful = ({ fromAt, toAt }: CreditOverlap, { window }: Policy): boolean => toAt - fromAt > window.overlapToleranceMs;

function overlapFinding(overlap: CreditOverlap, policy: Policy): ProgrammeFinding {
  const { fromAt, toAt, keptBy, cutFrom } = overlap;
  const detail = { fromAt, toAt, overlapMs: toAt - fromAt, toleranceMs: policy.window.overlapToleranceMs, keptBy, cutFrom };
  return programmeFinding('R2_CREDIT_OVERLAP', detail, isDoubtful(overlap, policy) ? 'REVIEW' : 'NOT_COUNTED');
}

function capFindings({ uncounted }: Credit, policy: Policy): readonly ProgrammeFinding[] {
  const overMs = sumMs(uncounted.map(({ piece }) => piece));
  return overMs > ROUNDING_MS ? [programmeFinding('DAILY_CAP_EXCEEDED', { uncountedMs: Math.round(overMs), dailyCapMs: dailyCapMs(policy) })] : [];
}
