import type { Policy } from './policy.js';
import { partMs } from './policy.js';

/** A remainder shorter than this joins the part before it (spec: parts of an hour). */
const SHORTEST_PART_MS = 60_000;

/** A photograph at sign-in is taken within the first second of credit: the camera has been proved by then. */
const SIGN_IN_MS = 1_000;

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

/** Instants at a fixed interval of the credited timeline, with one at sign-in and one at sign-out (JT/T 1302.1). */
export function fixedInstants(durationMs: number, intervalMs: number, policy: Policy): readonly { readonly part: number; readonly atMs: number }[] {
  const parts = lessonParts(durationMs, policy);
  const stepMs = Math.max(intervalMs, SHORTEST_PART_MS);
  const between = Array.from({ length: Math.floor(durationMs / stepMs) }, (_, index) => (index + 1) * stepMs);
  const instants = [SIGN_IN_MS, ...between.filter((atMs) => durationMs - atMs >= SHORTEST_PART_MS), durationMs];
  return instants.map((atMs) => ({ part: parts.findLastIndex(({ fromMs }) => fromMs <= atMs), atMs }));
}
