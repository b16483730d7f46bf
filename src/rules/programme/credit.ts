/** Credited time of one person as pieces on the wall clock, and what of it counts. */
import type { CreditedStretch, SessionAccount } from '../account.js';
import type { Interval } from '../interval-set.js';
import { missingOf } from '../interval-set.js';
import type { Policy } from '../policy.js';
import { partMs } from '../policy.js';
import { addDays, shanghaiDay, shanghaiMidnight } from './calendar.js';

/** A stretch of credit with the session it belongs to: server time and the session's credited timeline, ms. */
export interface CreditPiece extends CreditedStretch {
  readonly sessionId: string;
  readonly lessonId: string;
}

export type UncountedReason =
  /** Another session of the person earned at the same time. */
  | 'OVERLAP'
  | 'OVER_DAILY_CAP'
  /** Voided by a finding where the policy voids only what it overlaps (`invalidation.scope` SEGMENT). */
  | 'VOIDED'
  /** Too long before the end of the class hour it would have joined. */
  | 'OVER_SPAN'
  /** Of another session than the class hour it would have joined, where these may not be joined. */
  | 'NOT_CONTIGUOUS';

export interface UncountedCredit {
  readonly piece: CreditPiece;
  readonly reason: UncountedReason;
}

/** Two sessions of one person with credit for the same wall time. `keptBy` has it; `cutFrom` does not. */
export interface CreditOverlap {
  readonly fromAt: number;
  readonly toAt: number;
  readonly keptBy: string;
  readonly cutFrom: string;
}

export interface Credit {
  readonly pieces: readonly CreditPiece[];
  readonly uncounted: readonly UncountedCredit[];
}

/** Less than this is arithmetic, not time. */
export const ROUNDING_MS = 1e-3;

export const lengthMs = ({ fromMs, toMs }: CreditPiece): number => toMs - fromMs;

export const sumMs = (pieces: readonly CreditPiece[]): number => pieces.reduce((sum, piece) => sum + lengthMs(piece), 0);

/** The pieces of sessions in order of study. Credit without time, or time without credit, is none. */
export function piecesOf(accounts: readonly SessionAccount[]): readonly CreditPiece[] {
  return accounts
    .flatMap(({ sessionId, lessonId, credited }) => credited.map(({ fromAt, toAt, fromMs, toMs }) => ({ sessionId, lessonId, fromAt, toAt, fromMs, toMs })))
    .filter((piece) => piece.toAt > piece.fromAt && piece.toMs > piece.fromMs)
    .sort((a, b) => a.fromAt - b.fromAt || a.toAt - b.toAt || compareText(a.sessionId, b.sessionId) || a.fromMs - b.fromMs);
}

const compareText = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

/** Cuts a piece at a wall instant; credit grew evenly in it. */
export function splitAt(piece: CreditPiece, at: number): readonly [before: CreditPiece | null, after: CreditPiece | null] {
  if (at <= piece.fromAt) return [null, piece];
  if (at >= piece.toAt) return [piece, null];
  const ms = piece.fromMs + (lengthMs(piece) * (at - piece.fromAt)) / (piece.toAt - piece.fromAt);
  return [{ ...piece, toAt: at, toMs: ms }, { ...piece, fromAt: at, fromMs: ms }];
}

/** Cuts a piece after so much credit. */
export function splitAfter(piece: CreditPiece, creditMs: number): readonly [before: CreditPiece | null, after: CreditPiece | null] {
  if (creditMs <= 0) return [null, piece];
  if (creditMs >= lengthMs(piece)) return [piece, null];
  const at = piece.fromAt + ((piece.toAt - piece.fromAt) * creditMs) / lengthMs(piece);
  const ms = piece.fromMs + creditMs;
  return [{ ...piece, toAt: at, toMs: ms }, { ...piece, fromAt: at, fromMs: ms }];
}

/**
 * Takes away what another session of the same person earned at the same time: whichever began the stretch first keeps
 * it. Within one session nothing can be earned twice, its credited timeline sees to that.
 * @param pieces in order of study, of every session of the person that counts
 */
export function withoutOverlaps(pieces: readonly CreditPiece[]): Credit & { readonly overlaps: readonly CreditOverlap[] } {
  const kept: CreditPiece[] = [];
  const uncounted: UncountedCredit[] = [];
  const overlaps: CreditOverlap[] = [];
  let reaching: readonly CreditPiece[] = [];
  for (const piece of pieces) {
    reaching = reaching.filter(({ toAt }) => toAt > piece.fromAt);
    let rest: readonly CreditPiece[] = [piece];
    for (const other of reaching) {
      if (other.sessionId === piece.sessionId) continue;
      const cut = rest.map((part) => cutOut(part, other));
      rest = cut.flatMap(({ outside }) => outside);
      for (const inside of cut.flatMap((part) => part.inside)) {
        uncounted.push({ piece: inside, reason: 'OVERLAP' });
        overlaps.push({ fromAt: inside.fromAt, toAt: inside.toAt, keptBy: other.sessionId, cutFrom: piece.sessionId });
      }
    }
    kept.push(...rest);
    reaching = [...reaching, ...rest];
  }
  return { pieces: kept.sort((a, b) => a.fromAt - b.fromAt || a.toAt - b.toAt || compareText(a.sessionId, b.sessionId)), uncounted, overlaps };
}

function cutOut(piece: CreditPiece, { fromAt, toAt }: Pick<CreditPiece, 'fromAt' | 'toAt'>): { readonly inside: readonly CreditPiece[]; readonly outside: readonly CreditPiece[] } {
  const [before, later] = splitAt(piece, fromAt);
  if (later === null) return { inside: [], outside: [piece] };
  const [inside, after] = splitAt(later, toAt);
  return { inside: present([inside]), outside: present([before, after]) };
}

const present = (pieces: readonly (CreditPiece | null)[]): readonly CreditPiece[] => pieces.filter((piece) => piece !== null);

/** Takes away what findings void on a session's credited timeline. */
export function withoutVoids(pieces: readonly CreditPiece[], voidsOf: (sessionId: string) => readonly Interval[]): Credit {
  const cut = pieces.map((piece) => {
    const whole: Interval = [piece.fromMs, piece.toMs];
    const left = missingOf(voidsOf(piece.sessionId), whole);
    const voided = missingOf(left, whole);
    return { kept: left.map((part) => within(piece, part)), voided: voided.map((part) => within(piece, part)) };
  });
  return { pieces: cut.flatMap(({ kept }) => kept), uncounted: cut.flatMap(({ voided }) => voided.map((piece): UncountedCredit => ({ piece, reason: 'VOIDED' }))) };
}

function within(piece: CreditPiece, [fromMs, toMs]: Interval): CreditPiece {
  const atOf = (ms: number): number => piece.fromAt + ((piece.toAt - piece.fromAt) * (ms - piece.fromMs)) / lengthMs(piece);
  return { ...piece, fromMs, toMs, fromAt: atOf(fromMs), toAt: atOf(toMs) };
}

/** Credit that one day of Asia/Shanghai may bring to an enrolment, ms. */
export function dailyCapMs(policy: Policy): number {
  const { maxClassHours, maxHours } = policy.daily;
  return Math.min(maxClassHours === null ? Infinity : maxClassHours * partMs(policy), maxHours === null ? Infinity : maxHours * 3_600_000);
}

/** Takes away what exceeds the daily cap. */
export function withinDailyCap(pieces: readonly CreditPiece[], policy: Policy): Credit {
  const capMs = dailyCapMs(policy);
  if (capMs === Infinity) return { pieces, uncounted: [] };
  const kept: CreditPiece[] = [];
  const uncounted: UncountedCredit[] = [];
  const usedMs = new Map<string, number>();
  for (const piece of pieces.flatMap(byDay)) {
    const day = shanghaiDay(piece.fromAt);
    const used = usedMs.get(day) ?? 0;
    const [inside, over] = splitAfter(piece, capMs - used);
    if (inside !== null) kept.push(inside);
    if (over !== null) uncounted.push({ piece: over, reason: 'OVER_DAILY_CAP' });
    usedMs.set(day, used + (inside === null ? 0 : lengthMs(inside)));
  }
  return { pieces: kept, uncounted };
}

function byDay(piece: CreditPiece): readonly CreditPiece[] {
  const [today, later] = splitAt(piece, shanghaiMidnight(addDays(shanghaiDay(piece.fromAt), 1)));
  return [...present([today]), ...(later === null ? [] : byDay(later))];
}
