import { describe, expect, it } from '@jest/globals';
import { minutes } from '../../rules/testing/opening.js';
import { timeScale } from './time-scale.js';

describe('the time scale', () => {
  it('is linear while something happens', () => {
    const { x, folds } = timeScale(0, minutes(10), [minutes(5)], 100, 900);
    expect(folds).toEqual([]);
    expect([x(0), x(minutes(5)), x(minutes(10))]).toEqual([100, 500, 900]);
  });

  it('folds hours in which nothing happened, and says how many', () => {
    const { x, folds } = timeScale(0, minutes(200), [minutes(8), minutes(190)], 0, 1000);
    expect(folds).toMatchObject([{ ms: minutes(182) }]);
    expect(x(minutes(8))).toBeLessThan(x(minutes(190)));
    expect(x(minutes(100))).toBeCloseTo(x(minutes(8)), 5);
    expect(x(minutes(200))).toBe(1000);
  });

  it('stays on the paper whatever is asked', () => {
    const { x, ticks } = timeScale(50, 50, [], 10, 90);
    expect([x(0), x(50), x(1e12)]).toEqual([10, 10, 10]);
    expect(ticks.length).toBeLessThanOrEqual(1);
  });

  it('labels at round instants, not too densely', () => {
    const { x, ticks } = timeScale(minutes(3) + 7, minutes(47), Array.from({ length: 40 }, (_, index) => minutes(4 + index)), 0, 900);
    expect(ticks.every((at) => at % minutes(1) === 0)).toBe(true);
    for (const [index, at] of ticks.slice(1).entries()) expect(x(at) - x(ticks[index] ?? 0)).toBeGreaterThanOrEqual(70);
  });
});
