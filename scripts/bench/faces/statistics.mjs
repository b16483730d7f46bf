/** Error rates of a comparison by distance: two pictures are taken for one person when they are near enough. */

const share = (list, is) => (list.length === 0 ? null : list.filter(is).length / list.length);

/** False match and false non-match rate at one threshold. */
export const ratesAt = ({ genuine, impostor }, threshold) => ({
  threshold,
  fmr: share(impostor, (distance) => distance <= threshold),
  fnmr: share(genuine, (distance) => distance > threshold),
});

/** Where both rates are equal; between two observed distances it is the middle of the two rates. */
export function equalErrorRate({ genuine, impostor }) {
  if (genuine.length === 0 || impostor.length === 0) return { eer: null, threshold: null };
  const steps = [...genuine, ...impostor].sort((a, b) => a - b);
  let best = { gap: Infinity, eer: null, threshold: null };
  for (const threshold of steps) {
    const { fmr, fnmr } = ratesAt({ genuine, impostor }, threshold);
    const gap = Math.abs(fmr - fnmr);
    if (gap < best.gap) best = { gap, eer: (fmr + fnmr) / 2, threshold };
  }
  return { eer: best.eer, threshold: best.threshold };
}

/** Largest rate that still lets `events` of `trials` happen with 5 % probability (one-sided 95 %, Clopper–Pearson). */
export function upperBound(events, trials) {
  if (trials === 0) return 1;
  const atMost = (rate) => {
    let term = (1 - rate) ** trials;
    let sum = term;
    for (let k = 1; k <= events; k += 1) {
      term *= ((trials - k + 1) / k) * (rate / (1 - rate));
      sum += term;
    }
    return sum;
  };
  let low = events / trials;
  let high = 1;
  for (let round = 0; round < 60; round += 1) {
    const middle = (low + high) / 2;
    if (atMost(middle) > 0.05) low = middle;
    else high = middle;
  }
  return high;
}

/** A repeatable random source (mulberry32): numbers in [0, 1). */
export function seeded(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function shuffled(items, random) {
  const list = [...items];
  for (let at = list.length - 1; at > 0; at -= 1) {
    const other = Math.floor(random() * (at + 1));
    [list[at], list[other]] = [list[other], list[at]];
  }
  return list;
}

export const percent = (rate, digits = 2) => (rate === null ? '–' : `${(100 * rate).toFixed(digits)} %`);
