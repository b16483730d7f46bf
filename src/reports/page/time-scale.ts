/** Wall time on paper: pauses of hours between two sittings are folded, so that what happened stays readable. */

export interface TimeScale {
  readonly x: (at: number) => number;
  /** Where time was folded: position on paper and how much is left out. */
  readonly folds: readonly { readonly x: number; readonly ms: number }[];
  /** Round instants to label. */
  readonly ticks: readonly number[];
}

const FOLD_WIDTH = 26;
const LONGEST_SILENCE_MS = 10 * 60_000;
const TICK_STEPS_MS = [5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400].map((seconds) => seconds * 1000);

interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** `active`: instants at which something happened; a longer silence between two of them is folded. */
export function timeScale(from: number, to: number, active: readonly number[], left: number, right: number): TimeScale {
  const stretches = stretchesOf([from, ...active.filter((at) => at >= from && at <= to), to].sort((a, b) => a - b));
  const shownMs = Math.max(1, stretches.reduce((sum, stretch) => sum + stretch.to - stretch.from, 0));
  const perMs = (right - left - FOLD_WIDTH * (stretches.length - 1)) / shownMs;
  const starts: number[] = [];
  let cursor = left;
  for (const stretch of stretches) {
    starts.push(cursor);
    cursor += (stretch.to - stretch.from) * perMs + FOLD_WIDTH;
  }
  const x = (at: number): number => {
    const index = Math.max(0, stretches.findLastIndex((stretch) => stretch.from <= at));
    const stretch = stretches[index];
    const start = starts[index];
    if (stretch === undefined || start === undefined) return left;
    return Math.min(right, Math.max(left, start + (Math.min(at, stretch.to) - stretch.from) * perMs));
  };
  const folds = stretches.slice(1).map((stretch, index) => ({
    x: (starts[index + 1] ?? left) - FOLD_WIDTH / 2,
    ms: stretch.from - (stretches[index]?.to ?? stretch.from),
  }));
  return { x, folds, ticks: ticksOf(stretches, perMs) };
}

function stretchesOf(instants: readonly number[]): readonly Stretch[] {
  const stretches: Stretch[] = [];
  for (const at of instants) {
    const last = stretches.at(-1);
    if (last !== undefined && at - last.to <= LONGEST_SILENCE_MS) stretches.splice(-1, 1, { from: last.from, to: at });
    else stretches.push({ from: at, to: at });
  }
  return stretches;
}

function ticksOf(stretches: readonly Stretch[], perMs: number): readonly number[] {
  const widestMs = 78 / perMs;
  const stepMs = TICK_STEPS_MS.find((step) => step >= widestMs) ?? 86_400_000;
  return stretches.flatMap(({ from, to }) => {
    const first = Math.ceil(from / stepMs) * stepMs;
    return Array.from({ length: Math.max(0, Math.floor((to - first) / stepMs) + 1) }, (_, index) => first + index * stepMs);
  });
}
