/** A small seeded generator (mulberry32): simulated networks and schedules must be the same on every run. */
export type Random = () => number;

export function seededRandom(seed: number): Random {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), a | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Whole number in [lo, hi). */
export const between = (random: Random, lo: number, hi: number): number => lo + Math.floor(random() * (hi - lo));
