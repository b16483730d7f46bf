import type { Parameters } from 'fast-check';

/** The same cases on every run, so that a failure in CI is the failure on any machine. */
const SEED = 20_221_128;

/**
 * How many cases a property is tried on, and which. XUEJIAN_FC_RUNS and XUEJIAN_FC_SEED (a number, or `random`) change
 * it; a failure prints seed and path at once, and XUEJIAN_FC_PATH=… on the same seed looks for its smallest form.
 */
export function sampled<T = unknown>(numRuns = 1_000): Parameters<T> {
  const { XUEJIAN_FC_RUNS: runs, XUEJIAN_FC_SEED: seed, XUEJIAN_FC_PATH: path } = process.env;
  return {
    numRuns: runs === undefined ? numRuns : Number(runs),
    ...(seed === 'random' ? {} : { seed: seed === undefined ? SEED : Number(seed) }),
    ...(path === undefined ? { endOnFailure: true } : { path }),
  };
}
