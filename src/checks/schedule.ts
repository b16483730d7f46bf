/**
 * The committed schedule (commit–reveal with HMAC): neither side can steer the instants of popups, snapshots and face
 * checks, and whoever holds the revealed seed recomputes every one of them.
 */
import { drawMs, scheduleKey, type ScheduleKeyInput } from '@xuejian/protocol';
import { fixedInstants, lessonParts } from '../rules/lesson-parts.js';
import { completePolicy } from '../rules/policy-history.js';
import { randomFaceChecksPerPart, type Policy } from '../rules/policy.js';
import { popupGapsNeeded } from '../rules/popup-interval.js';

/** The regulator's daily beacon where none is configured. */
export const NO_BEACON = '00'.repeat(32);

export interface DrawInput extends ScheduleKeyInput {
  readonly durationMs: number;
  readonly policy: Policy;
}

export interface Schedule {
  readonly popupGaps: readonly number[];
  readonly snapshots: readonly { readonly part: number; readonly atMs: number }[];
  readonly faceChecks: readonly { readonly part: number; readonly atMs: number }[];
}

/** Draws the whole schedule of a session: gaps on played time, instants on the credited timeline, per part of the lesson. */
export function drawSchedule(input: DrawInput): Schedule {
  const { durationMs } = input;
  const policy = completePolicy(input.policy);
  const key = scheduleKey(input);
  const { scheduleMinMs, scheduleMaxMs } = policy.popup;
  const { scheduledPerPart, intervalMs } = policy.snapshot;
  const parts = lessonParts(durationMs, policy);
  const strata = (count: number, label: string) =>
    parts.flatMap(({ index: part, fromMs, toMs }) =>
      Array.from({ length: count }, (_, k) => ({
        part,
        atMs: drawMs(key, label, count * part + k, fromMs + Math.floor(((toMs - fromMs) * k) / count), fromMs + Math.floor(((toMs - fromMs) * (k + 1)) / count)),
      })),
    );
  return {
    popupGaps: Array.from({ length: popupGapsNeeded(durationMs, policy) }, (_, index) => drawMs(key, 'popup', index, scheduleMinMs, scheduleMaxMs)),
    snapshots: intervalMs === null ? strata(scheduledPerPart, 'snapshot') : fixedInstants(durationMs, intervalMs, policy),
    faceChecks: strata(randomFaceChecksPerPart(policy), 'face'),
  };
}
