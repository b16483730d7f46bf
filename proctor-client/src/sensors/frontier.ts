/** How far past the frontier a target may lie and still count as reached: one step of the browser's position report. */
const TOLERANCE_MS = 250;
/** A server frontier this far behind an acknowledged position means a hole in the coverage, not a late answer. */
const HOLE_MS = 2_000;
/** Positions of one continuous play are read with this error. */
const JOIN_MS = 50;

/**
 * Furthest position the trainee may seek to: what the server has credited, extended by what has been played since.
 * Errs towards the smaller number, so that an honest drag never looks like a forward seek to the server.
 */
export class Frontier {
  #ms = 0;

  get ms(): number {
    return this.#ms;
  }

  /** The server's frontier, at joining and with every progress: it can only extend ours. */
  credited(frontierMs: number): void {
    this.#ms = Math.max(this.#ms, frontierMs);
  }

  /** Continuous play from one position to another. */
  played(fromMs: number, toMs: number): void {
    if (fromMs <= this.#ms + JOIN_MS && toMs > this.#ms) this.#ms = toMs;
  }

  /** A beat at `positionMs` was taken and the server's frontier is `frontierMs`. */
  acknowledged(positionMs: number, frontierMs: number): void {
    if (frontierMs < positionMs - HOLE_MS) this.#ms = frontierMs;
    else this.credited(frontierMs);
  }

  /** Credit beyond this position is withheld. */
  cutAt(positionMs: number): void {
    this.#ms = Math.min(this.#ms, positionMs);
  }

  allows(targetMs: number): boolean {
    return targetMs <= this.#ms + TOLERANCE_MS;
  }
}

/** Start of the first part of the lesson not watched yet, ms, or `null` when what is missing is below `ignoreMs` in all. */
export function firstHole(
  coverage: readonly (readonly [number, number])[],
  durationMs: number,
  ignoreMs: number,
): number | null {
  let missingMs = 0;
  let first: number | null = null;
  let reached = 0;
  for (const [from, to] of [...coverage].sort((a, b) => a[0] - b[0])) {
    if (from > reached) {
      missingMs += from - reached;
      first ??= reached;
    }
    reached = Math.max(reached, to);
  }
  if (reached < durationMs) {
    missingMs += durationMs - reached;
    first ??= reached;
  }
  return missingMs > ignoreMs ? first : null;
}
