import { describe, expect, it } from '@jest/globals';
import { exponentialReconnect } from './reconnect-policy.js';

describe('exponential reconnect', () => {
  it('doubles the ceiling with each try up to the maximum', () => {
    const policy = exponentialReconnect({ baseMs: 100, maxMs: 800, random: () => 1 });
    expect([1, 2, 3, 4, 5, 50].map((attempt) => policy({ attempt, elapsedMs: 0 }))).toEqual([100, 200, 400, 800, 800, 800]);
  });

  it('draws the upper half of the delay', () => {
    const delayAt = (random: number): number | null =>
      exponentialReconnect({ baseMs: 1_000, random: () => random })({ attempt: 1, elapsedMs: 0 });
    expect([delayAt(0), delayAt(0.5), delayAt(1)]).toEqual([500, 750, 1_000]);
  });

  it('gives up once the session must have been closed as idle', () => {
    const policy = exponentialReconnect({ giveUpAfterMs: 60_000 });
    expect(policy({ attempt: 9, elapsedMs: 59_999 })).not.toBeNull();
    expect(policy({ attempt: 9, elapsedMs: 60_000 })).toBeNull();
  });
});
