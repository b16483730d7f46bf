import fc from 'fast-check';
import type { SessionEvent } from '../event.js';
import type { ClosedSession, LiveSession } from '../state.js';
import { minutes, seconds } from './opening.js';
import { aSession, type Story } from './story.js';
import { Witness } from './witness.js';

/** What happens to honest trainees, as data: lengths in ms. */
type Mishap =
  | { readonly kind: 'stall' | 'pause' | 'away' | 'reload' | 'hidden'; readonly ms: number }
  | { readonly kind: 'drop'; readonly ms: number; readonly noticedMs: number }
  | { readonly kind: 'sleep'; readonly ms: number; readonly clockRuns: boolean }
  | { readonly kind: 'rewind'; readonly percent: number };

const upTo = (ms: number): fc.Arbitrary<number> => fc.integer({ min: 1_000, max: ms });
const lasting = <K extends Mishap['kind']>(kind: K, mostMs: number) => fc.record({ kind: fc.constant(kind), ms: upTo(mostMs) });
const mishap: fc.Arbitrary<Mishap> = fc.oneof(
  lasting('stall', seconds(150)),
  fc.record({ kind: fc.constant('drop' as const), ms: upTo(seconds(150)), noticedMs: fc.nat(seconds(45)) }),
  lasting('pause', minutes(4)),
  lasting('away', minutes(25)),
  lasting('reload', seconds(20)),
  fc.record({ kind: fc.constant('sleep' as const), ms: upTo(minutes(3)), clockRuns: fc.boolean() }),
  lasting('hidden', minutes(2)),
  fc.record({ kind: fc.constant('rewind' as const), percent: fc.nat(100) }),
) as fc.Arbitrary<Mishap>;

/** A trainee's whole session: the line, the clocks, the lesson, and what comes between. */
export const life = fc.record({
  seed: fc.integer({ min: 1, max: 1_000_000 }),
  delayMs: fc.constantFrom([0, 0] as const, [5, 80] as const, [10, 600] as const, [0, 1_500] as const, [300, 2_500] as const),
  clockRate: fc.constantFrom(0.9999, 1, 1.0001),
  mediaRate: fc.constantFrom(0.999, 1, 1.001),
  durationMs: fc.integer({ min: minutes(4), max: minutes(14) }),
  steps: fc.array(fc.record({ playMs: upTo(minutes(3)), mishap }), { maxLength: 6 }),
});
export type Life = typeof life extends fc.Arbitrary<infer T> ? T : never;

/** What is left of a life once it has been lived. */
export interface Lived {
  readonly journal: readonly SessionEvent[];
  readonly state: LiveSession | ClosedSession;
  /** Server time in which the player truly ran, ms. */
  readonly trulyPlayedMs: number;
}

const lived = new Map<string, Lived>();

/** Lets go of the lives remembered: `afterAll` of every spec that uses them. */
export const forgetLives = (): void => lived.clear();

/** Lives a life, once for all the properties of a spec that look at it. */
export function livedBy(plan: Life): Lived {
  const key = JSON.stringify(plan);
  const known = lived.get(key);
  if (known !== undefined) return known;
  const { seed, delayMs, clockRate, mediaRate, durationMs, steps } = plan;
  const story = aSession({ seed, durationMs, clockRate, mediaRate, delayMs });
  const witness = new Witness(story);
  story.begins();
  for (const step of steps) befall(story.plays(step.playMs), step.mishap);
  story.playsToTheEnd().finishes();
  const result: Lived = { journal: story.journal, state: story.state, trulyPlayedMs: witness.playedMs };
  lived.set(key, result);
  return result;
}

function befall(story: Story, it: Mishap): Story {
  switch (it.kind) {
    case 'stall':
      return story.stalls(it.ms);
    case 'drop':
      return story.goesOffline(it.ms, it.noticedMs);
    case 'pause':
      return story.pauses(it.ms);
    case 'away':
      return story.pauses(it.ms).joined();
    case 'reload':
      return story.reloads(it.ms);
    case 'sleep':
      return story.sleeps(it.ms, it.clockRuns);
    case 'hidden':
      return story.hidesPage().timePasses(it.ms).showsPage();
    case 'rewind':
      return story.seeksTo(Math.round((story.positionMs * it.percent) / 100));
  }
}
