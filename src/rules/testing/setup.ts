import type { Want } from '../command.js';
import type { ScheduleDrawn, SessionOpened } from '../event.js';
import type { NetworkHabits } from './network.js';

export interface SessionSetup extends Partial<SessionOpened> {
  readonly durationMs?: number;
  /** Draws the schedule, the network's delays and the trainee's pace. */
  readonly seed?: number;
  /** One-way delay of the network, ms. */
  readonly delayMs?: NetworkHabits['delayMs'];
  readonly popupGaps?: readonly number[];
  readonly snapshots?: ScheduleDrawn['snapshots'];
  readonly faceChecks?: ScheduleDrawn['faceChecks'];
  /** Client seconds per second. */
  readonly clockRate?: number;
  /** Media seconds per second of an unhurried player. */
  readonly mediaRate?: number;
  /** Controls that are broken: what they want is never issued. */
  readonly unserved?: readonly Want['type'][];
}

/** What of a setup goes into `session.opened`. */
export function openingOf(setup: SessionSetup): Partial<SessionOpened> & { readonly durationMs?: number } {
  const { seed: _seed, delayMs: _delay, clockRate: _clock, mediaRate: _media, unserved: _unserved, popupGaps: _gaps, snapshots: _snapshots, faceChecks: _checks, ...facts } = setup;
  return facts;
}
