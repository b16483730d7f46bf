/** What of a session's own credited timeline a finding voids (rules.md: scope voided under CLASS_HOUR). */
import { voidsCredit } from './effects.js';
import type { Finding } from './finding.js';
import { addInterval, removeInterval, totalMs, type Interval, type IntervalSet } from './interval-set.js';
import { lessonParts, type LessonPart } from './lesson-parts.js';
import type { ReviewDecided } from './outside-event.js';
import type { OpenedSession, VerdictChange } from './state.js';

const DECISIONS: readonly VerdictChange['why'][] = ['UPHELD', 'OVERTURNED', 'IMPOSTOR_CONFIRMED'];

/** The last decision of people about a closed session; null while there is none. */
const lastDecision = (state: OpenedSession): VerdictChange | null =>
  state.status === 'closed' ? (state.verdictHistory.findLast(({ why }) => DECISIONS.includes(why)) ?? null) : null;

/** What people decided about a closed session; null while nobody has. */
export const decisionOf = (state: OpenedSession): ReviewDecided['outcome'] | null =>
  (lastDecision(state)?.why as ReviewDecided['outcome'] | undefined) ?? null;

/** What people overturned does not stand; what came to light later does. */
export function stands({ seq }: Finding, state: OpenedSession): boolean {
  const decision = lastDecision(state);
  return decision?.why !== 'OVERTURNED' || seq > decision.seq;
}

/** A doubt that people upheld takes credit as a failed check does. */
function takesCredit(found: Finding, state: OpenedSession): boolean {
  const isUpheld = decisionOf(state) !== null && state.status === 'closed' && state.verdict === 'INVALID';
  return stands(found, state) && (voidsCredit(found) || (isUpheld && found.effect === 'REVIEW'));
}

/** Found at an instant: it lies in the class hour that was then being earned. */
const INSTANT_MS = 1;

/** Credited time that the finding overlaps, ms; empty when it takes no credit. Nothing beyond what was credited. */
export function voidsOf(found: Finding, state: OpenedSession): IntervalSet {
  const creditedMs = totalMs(state.ledger.coverage);
  if (!takesCredit(found, state) || creditedMs === 0) return [];
  const [from, to] = overlapOf(found, state, creditedMs);
  const end = Math.min(creditedMs, Math.max(to, INSTANT_MS));
  return [[Math.max(0, Math.min(from, end - INSTANT_MS)), end]];
}

function overlapOf(found: Finding, state: OpenedSession, creditedMs: number): Interval {
  const whole: Interval = [0, creditedMs];
  // What the opening itself says, as of a control that was off, is true of all that followed.
  if (found.seq === 1 || found.rule === 'R5') return whole;
  const { sinceMs, part, runMs, playedMs } = found.detail;
  if (found.effect === 'INVALIDATE_ENROLMENT') return typeof sinceMs === 'number' ? [sinceMs, creditedMs] : whole;
  if (found.rule === 'R4') return betweenPasses(found, state) ?? whole;
  if (found.rule === 'R6' && typeof part === 'number') return partOf(state, part) ?? whole;
  if (typeof sinceMs === 'number') return [sinceMs, found.creditedMs];
  const stretchMs = [runMs, playedMs].find((length) => typeof length === 'number') ?? 0;
  return [found.creditedMs - Number(stretchMs), found.creditedMs];
}

/** From the last pass of the face check to the next one; null when none came. */
function betweenPasses({ seq }: Finding, { slices }: OpenedSession): Interval | null {
  const { passes } = slices.R4;
  const next = passes.find((pass) => pass.seq > seq);
  const last = passes.findLast((pass) => pass.seq < seq);
  return next === undefined ? null : [last?.creditedMs ?? 0, next.creditedMs];
}

function partOf({ opened }: OpenedSession, index: number): Interval | null {
  const part = lessonParts(opened.lesson.durationMs, opened.policy)[index];
  return part === undefined ? null : [part.fromMs, part.toMs];
}

/** All credited time that some finding voids. */
export const voided = (findings: readonly Finding[], state: OpenedSession): IntervalSet =>
  findings.flatMap((found) => voidsOf(found, state)).reduce<IntervalSet>(addInterval, []);

/** Parts of the lesson that earned credit and that no finding overlaps. */
export function standingParts(findings: readonly Finding[], state: OpenedSession): readonly LessonPart[] {
  const creditedMs = totalMs(state.ledger.coverage);
  const lost = voided(findings, state);
  return lessonParts(state.opened.lesson.durationMs, state.opened.policy).filter(
    ({ fromMs, toMs }) => fromMs < creditedMs && !lost.some(([from, to]) => from < toMs && to > fromMs),
  );
}

/** Credited time that no finding overlaps, ms. */
export function standingMs(findings: readonly Finding[], state: OpenedSession): number {
  const whole: IntervalSet = [[0, totalMs(state.ledger.coverage)]];
  return totalMs(voided(findings, state).reduce(removeInterval, whole));
}
