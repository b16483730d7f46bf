import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Interval, IntervalSet } from './interval-set.js';
import { addInterval, frontierMs, lastCovered, missingOf, reachFor, removeInterval, totalMs } from './interval-set.js';

const SIZE = 40;
const interval = fc.tuple(fc.nat(SIZE), fc.nat(SIZE)).map(([a, b]): Interval => [Math.min(a, b), Math.max(a, b)]);
const change = fc.record({ isAdded: fc.boolean(), interval });
const changes = fc.array(change, { maxLength: 12 });

const build = (list: readonly { readonly isAdded: boolean; readonly interval: Interval }[]): IntervalSet =>
  list.reduce<IntervalSet>((set, next) => (next.isAdded ? addInterval(set, next.interval) : removeInterval(set, next.interval)), []);

/** The naive model: one flag for every millisecond. */
const cells = (set: IntervalSet): readonly boolean[] => Array.from({ length: SIZE }, (_, ms) => set.some(([from, to]) => from <= ms && ms < to));
const naive = (list: readonly { readonly isAdded: boolean; readonly interval: Interval }[]): readonly boolean[] =>
  list.reduce<boolean[]>(
    (flags, next) => flags.map((flag, ms) => (next.interval[0] <= ms && ms < next.interval[1] ? next.isAdded : flag)),
    Array.from({ length: SIZE }, () => false),
  );
const count = (flags: readonly boolean[]): number => flags.filter(Boolean).length;

describe('interval sets', () => {
  it('hold what a flag for every millisecond would hold', () => {
    fc.assert(fc.property(changes, (list) => {
      expect(cells(build(list))).toEqual(naive(list));
      expect(totalMs(build(list))).toBe(count(naive(list)));
    }));
  });

  it('stay sorted, disjoint and without gaps of nothing', () => {
    fc.assert(fc.property(changes, (list) => {
      const set = build(list);
      set.forEach(([from, to], index) => {
        expect(to).toBeGreaterThan(from);
        if (index > 0) expect(from).toBeGreaterThan(set[index - 1]![1]);
      });
    }));
  });

  it('know their frontier', () => {
    fc.assert(fc.property(changes, (list) => {
      const flags = naive(list);
      const first = flags.indexOf(false);
      expect(frontierMs(build(list))).toBe(first === -1 ? SIZE : first);
    }));
  });

  it('know what is missing of an interval', () => {
    fc.assert(fc.property(changes, interval, (list, [from, to]) => {
      const expected = naive(list).map((flag, ms) => !flag && from <= ms && ms < to);
      expect(cells(missingOf(build(list), [from, to]))).toEqual(expected);
    }));
  });

  it('know how far one has to go for so much that is missing', () => {
    fc.assert(fc.property(changes, fc.nat(SIZE - 1), fc.integer({ min: 1, max: 60 }), (list, from, missing) => {
      const set = build(list);
      const reach = reachFor(set, from, missing);
      expect(totalMs(missingOf(set, [from, from + reach]))).toBe(missing);
      expect(totalMs(missingOf(set, [from, from + reach - 1]))).toBe(missing - 1);
    }));
  });

  it('know the last position they hold before another', () => {
    fc.assert(fc.property(changes, fc.nat(SIZE - 1), (list, at) => {
      const flags = naive(list);
      const last = flags[at] === true ? at : flags.slice(0, at).lastIndexOf(true) + 1;
      expect(lastCovered(build(list), at)).toBe(last);
    }));
  });

  it('take an empty interval as nothing', () => {
    expect(addInterval([[0, 5]], [7, 7])).toEqual([[0, 5]]);
    expect(removeInterval([[0, 5]], [3, 3])).toEqual([[0, 5]]);
    expect(reachFor([[0, 5]], 2, 0)).toBe(0);
  });
});
