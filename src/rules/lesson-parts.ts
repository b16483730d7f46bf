import type { Policy } from './policy.js';
import { partMs } from './policy.js';

/** A remainder shorter than this joins the part before it (spec: parts of an hour). */
const SHORTEST_PART_MS = 60_000;

export interface LessonPart {
  readonly index: number;
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * Cuts a lesson into the class hours it covers on its own credited timeline, so that each session carries its own
 * proof. Rules 4 and 6 ask something of every part.
 */
export function lessonParts(durationMs: number, policy: Policy): readonly LessonPart[] {
  const length = partMs(policy);
  const whole = Math.floor(durationMs / length);
  const rest = durationMs - whole * length;
  const count = Math.max(1, rest >= SHORTEST_PART_MS ? whole + 1 : whole);
  return Array.from({ length: count }, (_, index) => ({
    index,
    fromMs: index * length,
    toMs: index === count - 1 ? durationMs : (index + 1) * length,
  }));
}
