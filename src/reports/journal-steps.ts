/** A journal replayed one entry at a time, so that a report can say what each entry changed. */
import type { SessionEvent } from '../rules/event.js';
import type { PlayedRun } from '../rules/ledger.js';
import type { ClosedSession, LiveSession } from '../rules/state.js';
import { step } from '../rules/step.js';
import type { HoldReason } from '../rules/types.js';
import type { JournalEntry } from '../sessions/journal.js';
import type { ReportPlace } from './report-parts.schema.js';

export type OpenedSession = LiveSession | ClosedSession;

/** One entry and the state before and after it; `before` is null for the opening. */
export interface Step {
  readonly index: number;
  readonly seq: number;
  readonly event: SessionEvent;
  readonly before: OpenedSession | null;
  readonly after: OpenedSession;
}

/** @throws Error when the journal does not begin with the opening of a session. */
export function stepsOf(entries: readonly JournalEntry[]): readonly Step[] {
  const steps: Step[] = [];
  for (const [index, { seq, event }] of entries.entries()) {
    const before = steps.at(-1)?.after ?? null;
    const { state } = step(before ?? { status: 'unopened' }, event);
    if (state.status === 'unopened') throw new Error('the journal does not begin with session.opened');
    steps.push({ index, seq, event, before, after: state });
  }
  return steps;
}

/** Steps of one type of event, with the event narrowed. */
export function stepsWith<T extends SessionEvent['type']>(
  steps: readonly Step[],
  type: T,
): readonly (Step & { readonly event: Extract<SessionEvent, { readonly type: T }> })[] {
  return steps.filter((entry): entry is Step & { readonly event: Extract<SessionEvent, { readonly type: T }> } => entry.event.type === type);
}

/** Where in the lesson the trainee was at an instant, read off the accepted runs, ms. */
export function positionAt(runs: readonly PlayedRun[], at: number): number {
  const run = runs.findLast(({ fromAt }) => fromAt <= at);
  if (run === undefined) return runs[0]?.fromMs ?? 0;
  if (at >= run.toAt || run.toAt === run.fromAt) return Math.round(run.toMs);
  return Math.round(run.fromMs + ((at - run.fromAt) / (run.toAt - run.fromAt)) * (run.toMs - run.fromMs));
}

export interface HoldPeriod {
  readonly reason: HoldReason;
  readonly from: number;
  readonly to: number | null;
  readonly seq: number;
}

/** Every time credit stood still, by reason, in order of beginning. */
export function holdPeriods(steps: readonly Step[]): readonly HoldPeriod[] {
  const open = new Map<HoldReason, HoldPeriod>();
  const periods: HoldPeriod[] = [];
  for (const { seq, after } of steps) {
    const holds: readonly HoldReason[] = after.status === 'closed' ? [] : after.holds;
    const ended = [...open.keys()].filter((reason) => !holds.includes(reason));
    for (const reason of ended) {
      const period = open.get(reason);
      if (period !== undefined) periods.push({ ...period, to: after.at });
      open.delete(reason);
    }
    for (const reason of holds) if (!open.has(reason)) open.set(reason, { reason, from: after.at, to: null, seq });
  }
  return [...periods, ...open.values()].sort((a, b) => a.from - b.from || a.seq - b.seq);
}

/** Every place the session was studied from. */
export function placesOf(steps: readonly Step[]): ReportPlace[] {
  const joins = stepsWith(steps, 'connection.joined');
  const losses = new Map(stepsWith(steps, 'connection.lost').map(({ event }) => [event.connectionId, event]));
  const last = steps.at(-1)?.after;
  return joins.map(({ seq, event }, index) => {
    const lost = losses.get(event.connectionId);
    const next = joins[index + 1];
    const leftAt = lost?.at ?? next?.event.at ?? (last?.status === 'closed' ? last.closedAt : null);
    const { connectionId, instanceId, deviceId, leaseEpoch, sdk, userAgent, camera, screenExtended, tookOverFrom } = event;
    return {
      seq, connectionId, instanceId, deviceId, leaseEpoch, joinedAt: iso(event.at), leftAt: leftAt === null ? null : iso(leftAt),
      sdk, userAgent, camera, screenExtended, tookOverFrom,
    };
  });
}

export const iso = (at: number): string => new Date(at).toISOString();
