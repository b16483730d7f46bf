/** Sorted, disjoint, half-open intervals in milliseconds. */
export type Interval = readonly [from: number, to: number];
export type IntervalSet = readonly Interval[];

/** Adds an interval and joins what touches or overlaps. */
export function addInterval(set: IntervalSet, [from, to]: Interval): IntervalSet {
  if (to <= from) return set;
  const before = set.filter((interval) => interval[1] < from);
  const after = set.filter((interval) => interval[0] > to);
  const joined = set.filter((interval) => interval[1] >= from && interval[0] <= to);
  const start = Math.min(from, ...joined.map((interval) => interval[0]));
  const end = Math.max(to, ...joined.map((interval) => interval[1]));
  return [...before, [start, end], ...after];
}

/** Removes an interval. */
export function removeInterval(set: IntervalSet, [from, to]: Interval): IntervalSet {
  if (to <= from) return set;
  return set.flatMap(([start, end]): Interval[] => {
    const left: Interval[] = start < from ? [[start, Math.min(end, from)]] : [];
    const right: Interval[] = end > to ? [[Math.max(start, to), end]] : [];
    return [...left, ...right];
  });
}

export function totalMs(set: IntervalSet): number {
  return set.reduce((sum, [from, to]) => sum + to - from, 0);
}

/** End of the run that starts at zero: the furthest contiguous position. */
export function frontierMs(set: IntervalSet): number {
  const first = set[0];
  return first !== undefined && first[0] <= 0 ? first[1] : 0;
}

/** The last position up to `atMs` that the set holds or ends at; the beginning when there is none. */
export function lastCovered(set: IntervalSet, atMs: number): number {
  return set.reduce((last, [from, to]) => (from <= atMs ? Math.min(atMs, to) : last), 0);
}

/** Part of `interval` that the set does not hold yet. */
export function missingOf(set: IntervalSet, interval: Interval): IntervalSet {
  return set.reduce<IntervalSet>((rest, covered) => removeInterval(rest, covered), [interval]);
}

/** How far one has to go from `fromMs` until so much was passed that the set does not hold yet. */
export function reachFor(set: IntervalSet, fromMs: number, missingMs: number): number {
  let leftMs = Math.max(0, missingMs);
  if (leftMs === 0) return 0;
  for (const [from, to] of missingOf(set, [fromMs, Infinity])) {
    if (leftMs <= to - from) return from + leftMs - fromMs;
    leftMs -= to - from;
  }
  return 0;
}
