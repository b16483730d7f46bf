import { describe, expect, it } from '@jest/globals';
import type { LivenessFrame } from '@xuejian/protocol';
import type { LivenessRequested } from '../rules/event.js';
import { LivenessExchange } from './liveness-exchange.js';

const WINDOW_MS = 2_500;
const TOLD_AT = 1_000_000;
/** The client's clock reads this much less than the server's. */
const OFFSET_MS = 990_000;
const requested: LivenessRequested = {
  type: 'liveness.requested', at: TOLD_AT, checkId: 'check', reason: 'RANDOM', part: 0, attempt: 1, demand: { variant: 'STANDARD', acts: 2 }, nonce: 'n0',
};
const frames = (...times: readonly number[]): readonly LivenessFrame[] => times.map((clientMonoMs) => ({ clientMonoMs, image: new Uint8Array(3) }));

/** A check whose neutral frames were taken up to the client's 13 000, came `lateMs` later, and brought the first act. */
function withAnAct(lateMs: number): { readonly exchange: LivenessExchange; readonly toldAt: number } {
  const exchange = new LivenessExchange(requested);
  const toldAt = OFFSET_MS + 13_000 + lateMs;
  exchange.keep(exchange.with(frames(11_000, 12_000, 13_000)), toldAt);
  exchange.prompted({ type: 'liveness.prompted', at: toldAt, checkId: 'check', step: 1, act: 'NOD', nonce: 'n1' });
  return { exchange, toldAt };
}

describe('the frames of a face check', () => {
  it('can be what they say: within the window, in order, on a slow line too', () => {
    const exchange = new LivenessExchange(requested);
    expect(exchange.canBe(frames(11_000, 12_000, 13_400), OFFSET_MS + 13_500, WINDOW_MS)).toBe(true);
    expect(exchange.canBe(frames(11_000, 12_000, 13_400), OFFSET_MS + 30_000, WINDOW_MS)).toBe(true);
  });

  it('cannot lie further apart than a window and half a second, nor stand still or go back', () => {
    const exchange = new LivenessExchange(requested);
    const at = OFFSET_MS + 20_000;
    expect([exchange.canBe(frames(11_000, 14_000), at, WINDOW_MS), exchange.canBe(frames(11_000, 14_001), at, WINDOW_MS)]).toEqual([true, false]);
    expect([exchange.canBe(frames(11_000, 11_000), at, WINDOW_MS), exchange.canBe(frames(12_000, 11_000), at, WINDOW_MS)]).toEqual([false, false]);
  });

  it('cannot have been taken before those of the step before', () => {
    const { exchange, toldAt } = withAnAct(0);
    expect(exchange.canBe(frames(13_000, 13_500), toldAt + 600, WINDOW_MS)).toBe(false);
    expect(exchange.canBe(frames(13_001, 13_500), toldAt + 600, WINDOW_MS)).toBe(true);
  });

  it('cannot have been taken before their act was told, as far as the times of arrival prove it', () => {
    const { exchange, toldAt } = withAnAct(200);
    // These came two seconds after the act was told and say they were taken up to 3.4 s before they came.
    const receivedAt = toldAt + 2_000;
    const startingAt = (ms: number): boolean => exchange.canBe(frames(ms, ms + 1_000), receivedAt, WINDOW_MS);
    expect([startingAt(13_300), startingAt(15_000)]).toEqual([true, true]);
    const late = new LivenessExchange({ ...requested, at: TOLD_AT + 60_000 });
    expect(late.canBe(frames(11_000, 13_000), TOLD_AT + 61_499, WINDOW_MS)).toBe(false);
    expect(late.canBe(frames(11_000, 13_000), TOLD_AT + 61_500, WINDOW_MS)).toBe(true);
  });

  it('bound the client’s clock by the quickest message so far', () => {
    const { exchange, toldAt } = withAnAct(0);
    // On a slow line they could have been taken at any time; the neutral frames proved where the clock stands.
    exchange.keep(exchange.with(frames(15_000, 16_000)), toldAt + 3_000);
    exchange.prompted({ type: 'liveness.prompted', at: toldAt + 30_000, checkId: 'check', step: 2, act: 'BLINK', nonce: 'n2' });
    expect(exchange.canBe(frames(17_000, 18_000), toldAt + 60_000, WINDOW_MS)).toBe(false);
    expect(exchange.canBe(frames(43_000, 44_000), toldAt + 60_000, WINDOW_MS)).toBe(true);
  });

  it('are kept with the step they belong to, and the acts in the order told', () => {
    const { exchange } = withAnAct(0);
    expect(exchange.with(frames(14_000)).map(({ step, clientMonoMs }) => [step, clientMonoMs])).toEqual([[0, 11_000], [0, 12_000], [0, 13_000], [1, 14_000]]);
    expect([exchange.acts, exchange.nonce]).toEqual([['NOD'], 'n1']);
  });
});
