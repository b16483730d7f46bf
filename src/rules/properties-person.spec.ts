import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { minutes, seconds } from './testing/opening.js';
import { Person, playedSpans } from './testing/person.js';
import { sampled } from './testing/sampling.js';

const move = fc.record({
  who: fc.constantFrom(0 as const, 1 as const),
  studiesMs: fc.integer({ min: seconds(5), max: minutes(2) }),
  isLineBroken: fc.boolean(),
  signalMs: fc.constantFrom(null, 0, 400, 3_000),
  isDefiant: fc.boolean(),
});

describe('properties of one person with two sessions', () => {
  it('time accepted in the one is never accepted in the other, whoever takes the lease from whom', () => {
    let playedMs = 0;
    fc.assert(fc.property(fc.array(move, { minLength: 2, maxLength: 8 }), fc.nat(10_000), fc.constantFrom([0, 0] as const, [20, 200] as const), (moves, seed, delayMs) => {
      const person = new Person(seed, delayMs);
      for (const next of moves) person.moves(next);
      const [first, second] = person.sessions.map(({ journal }) => playedSpans(journal));
      const overlaps = (first ?? []).flatMap((a) => (second ?? []).map((b) => Math.min(a[1], b[1]) - Math.max(a[0], b[0]))).filter((ms) => ms > 0);
      playedMs += person.sessions.reduce((sum, { state }) => sum + state.ledger.playedMs, 0);
      expect(overlaps).toEqual([]);
    }), sampled());
    expect(playedMs).toBeGreaterThan(0);
  });
});
