import type { ScheduleDrawn, SessionOpened } from '../event.js';
import { fixedInstants, lessonParts } from '../lesson-parts.js';
import { popupGapsNeeded } from '../popup-interval.js';
import { randomFaceChecksPerPart, type Policy } from '../policy.js';
import { NANYANG } from './nanyang-policy.js';
import type { Random } from './random.js';
import { between } from './random.js';

/** 2026-11-23 08:00 in Nanyang. */
export const MORNING = Date.UTC(2026, 10, 23);

export type PolicyChanges = { readonly [K in keyof Policy]?: Policy[K] extends object ? Partial<Policy[K]> : Policy[K] };

/** The default policy with some numbers changed. */
export function aPolicy(changes: PolicyChanges = {}): Policy {
  const merged = Object.entries(changes).map(([key, value]) => {
    const base = NANYANG[key as keyof Policy];
    return [key, typeof value === 'object' && !Array.isArray(value) ? { ...(base as object), ...value } : value];
  });
  return { ...NANYANG, ...Object.fromEntries(merged) } as Policy;
}

export const minutes = (count: number): number => count * 60_000;
export const seconds = (count: number): number => count * 1_000;

export function anOpening(changes: Partial<SessionOpened> & { readonly durationMs?: number } = {}): SessionOpened {
  const { durationMs = minutes(10), ...facts } = changes;
  return {
    type: 'session.opened',
    at: MORNING,
    sessionId: 'session-1',
    traineeRef: 'trainee-1',
    courseId: 'course-1',
    courseType: 'PROFESSIONAL',
    syllabusVersion: 1,
    enrolmentId: 'enrolment-1',
    attempt: 1,
    lesson: { lessonId: 'lesson-2', position: 2, title: '第二课', durationMs, videoSha256: 'a'.repeat(64) },
    predecessors: [{ lessonId: 'lesson-1', position: 1, isCompleted: true }],
    policy: NANYANG,
    policyHash: 'b'.repeat(64),
    commitment: 'c'.repeat(64),
    popupClockMs: 0,
    isAccessible: false,
    ...facts,
  };
}

/** A schedule as the server would draw it: gaps on played time, one instant per stratum of every part. */
export function aSchedule(opened: SessionOpened, random: Random): Omit<ScheduleDrawn, 'at'> {
  const { policy, lesson } = opened;
  const strata = (perPart: number): ScheduleDrawn['snapshots'] =>
    lessonParts(lesson.durationMs, policy).flatMap(({ index: part, fromMs, toMs }) =>
      Array.from({ length: perPart }, (_, k) => {
        const width = (toMs - fromMs) / perPart;
        return { part, atMs: between(random, Math.floor(fromMs + k * width), Math.floor(fromMs + (k + 1) * width)) };
      }),
    );
  return {
    type: 'schedule.drawn',
    clientNonce: 'd'.repeat(32),
    beacon: '0'.repeat(64),
    popupGaps: Array.from({ length: popupGapsNeeded(lesson.durationMs, policy) }, () => between(random, policy.popup.scheduleMinMs, policy.popup.scheduleMaxMs)),
    snapshots: policy.snapshot.intervalMs === null ? strata(policy.snapshot.scheduledPerPart) : fixedInstants(lesson.durationMs, policy.snapshot.intervalMs, policy),
    faceChecks: strata(randomFaceChecksPerPart(policy)),
  };
}
